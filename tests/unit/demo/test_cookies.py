"""The browser of the story keeps cookies as strictly as those that people use."""

from __future__ import annotations

import pytest

from lti_tool.demo.cookies import CookieJar, Visit

TOOL, LMS = "http://localhost:8000/", "http://127.0.0.1:8001/course"
HOST_COOKIE = "__Host-ltib=secret; Secure; HttpOnly; Path=/; SameSite=None; Partitioned"


def top(url: str, initiator: str = "", method: str = "GET") -> Visit:
    return Visit(url, method, initiator)


def framed(url: str, initiator: str = LMS, method: str = "GET") -> Visit:
    return Visit(url, method, initiator, LMS)


def test_a_secure_cookie_comes_back_over_http_on_this_machine() -> None:
    jar = CookieJar()
    assert jar.keep(top(TOOL), "__Host-a=1; Secure; Path=/")
    assert jar.header_for(top(TOOL + "page")) == "__Host-a=1"


@pytest.mark.parametrize(
    "line",
    [
        "__Host-a=1; Path=/",
        "__Host-a=1; Secure; Path=/sub",
        "__Host-a=1; Secure; Path=/; Domain=localhost",
        "a=1; SameSite=None",
        "a=1; Partitioned",
    ],
)
def test_a_cookie_that_breaks_its_own_rules_is_dropped(line: str) -> None:
    jar = CookieJar()
    assert not jar.keep(top(TOOL), line)
    assert jar.header_for(top(TOOL)) == ""


def test_plain_http_elsewhere_keeps_no_secure_cookie() -> None:
    assert not CookieJar().keep(top("http://badges.example/"), "a=1; Secure")


def test_a_frame_of_another_site_keeps_partitioned_cookies_only() -> None:
    jar = CookieJar()
    assert not jar.keep(framed(TOOL), "a=1; Secure; SameSite=None")
    assert jar.keep(framed(TOOL), HOST_COOKIE)
    assert jar.header_for(framed(TOOL)) == "__Host-ltib=secret"


def test_a_partitioned_cookie_stays_under_the_page_that_framed_it() -> None:
    jar = CookieJar()
    jar.keep(framed(TOOL), HOST_COOKIE)
    assert jar.header_for(top(TOOL)) == ""
    assert jar.header_for(Visit(TOOL, "GET", "", "http://other.example/")) == ""


def test_a_lax_cookie_is_not_sent_for_another_sites_form_or_frame() -> None:
    jar = CookieJar()
    jar.keep(top(LMS), "practice_lms=me; HttpOnly; Path=/; SameSite=Lax")
    assert jar.header_for(top(LMS, LMS, "POST")) == "practice_lms=me"
    assert jar.header_for(top(LMS, TOOL)) == "practice_lms=me"
    assert jar.header_for(top(LMS, TOOL, "POST")) == ""
    assert jar.header_for(framed(LMS, TOOL)) == ""


def test_no_cookie_goes_to_another_host_or_path() -> None:
    jar = CookieJar()
    jar.keep(top(TOOL + "admin/x"), "a=1; Path=/admin")
    assert jar.header_for(top(LMS)) == ""
    assert jar.header_for(top(TOOL)) == ""
    assert jar.header_for(top(TOOL + "administration")) == ""
    assert jar.header_for(top(TOOL + "admin")) == "a=1"


def test_a_cookie_is_replaced_and_taken_back() -> None:
    jar = CookieJar()
    jar.keep(top(TOOL), "a=1; Path=/")
    jar.keep(top(TOOL), "a=2; Path=/")
    assert jar.header_for(top(TOOL)) == "a=2"
    jar.keep(top(TOOL), "a=; Path=/; Max-Age=0")
    assert jar.header_for(top(TOOL)) == ""
