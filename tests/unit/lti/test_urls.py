"""Addresses that others sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.platform_hosts import service_url_trusted
from lti_tool.lti.urls import is_own, origin, same_site, web_address
from tests.fakes.lti_platform import registration


@pytest.mark.parametrize(
    ("host", "other", "together"),
    [
        ("lms.school.edu", "lms.school.edu", True),
        ("lms.school.edu", "LMS.school.edu.", True),
        ("lms.school.edu", "login.school.edu", True),
        ("school.edu", "lms.school.edu", True),
        ("a.lms.school.edu", "b.lms.school.edu", True),
        ("lms.school.edu", "lms.other.edu", False),
        ("school.edu", "other.edu", False),
        ("one.ac.uk", "two.ac.uk", False),
        ("lms.one.ac.uk", "login.one.ac.uk", True),
        ("one.com.br", "two.com.br", False),
        ("school.edu", "evilschool.edu", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("10.0.0.1", "0.0.1", False),
        ("localhost", "localhost", True),
        ("localhost", "evil.localhost", False),
    ],
)
def test_hosts_that_belong_together(host: str, other: str, together: bool) -> None:
    assert same_site(host, other) is together
    assert same_site(other, host) is together


@given(st.text(max_size=60))
def test_reading_an_address_never_fails(text: str) -> None:
    assert web_address(text) is None or origin(text).startswith("http")
    assert not is_own(text, "https://badges.example/base") or text.startswith("https://badges.example/base")


@pytest.mark.parametrize("path", ["", "/", "/x", "?a=b"])
def test_own_addresses(path: str) -> None:
    assert is_own(f"https://badges.example{path}", "https://badges.example")


def test_a_tool_below_a_path_owns_only_that() -> None:
    base = "https://school.example/badges"
    assert is_own(f"{base}/lti", base)
    assert not is_own("https://school.example/badges-evil", base)
    assert not is_own("https://school.example/", base)


@pytest.mark.parametrize(
    ("product", "url", "trusted"),
    [
        ("moodle", "https://lms.example/api", True),
        ("moodle", "https://evil.example/api", False),
        ("moodle", "http://lms.example/api", False),
        ("canvas", "https://canvas.school.edu/api", True),
        ("canvas", "https://10.0.0.7/api", False),
        ("canvas", "https://localhost/api", False),
    ],
)
def test_where_a_token_may_be_sent(product: str, url: str, trusted: bool) -> None:
    assert service_url_trusted(registration(product=product), url) is trusted
