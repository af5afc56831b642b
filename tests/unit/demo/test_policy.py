"""Which frames and form targets a policy allows."""

from __future__ import annotations

import pytest

from lti_tool.demo.policy import may_be_framed, may_post_to

OWN = "https://tool.example/page"


@pytest.mark.parametrize(
    ("policy", "framing", "allowed"),
    [
        ("", "https://lms.example/", True),
        ("default-src 'none'", "https://lms.example/", True),
        ("frame-ancestors 'none'", "https://lms.example/", False),
        ("frame-ancestors", "https://lms.example/", False),
        ("frame-ancestors *", "https://lms.example/", True),
        ("frame-ancestors 'self'", "https://tool.example/other", True),
        ("frame-ancestors 'self'", "https://lms.example/", False),
        ("default-src 'self'; frame-ancestors https://lms.example", "https://lms.example:443/course", True),
        ("frame-ancestors https://lms.example", "http://lms.example/", False),
        ("frame-ancestors https://lms.example:444", "https://lms.example/", False),
    ],
)
def test_frame_ancestors(policy: str, framing: str, allowed: bool) -> None:
    assert may_be_framed(policy, OWN, framing) is allowed


def test_form_action_is_a_directive_of_its_own() -> None:
    policy = "form-action 'self' https://lms.example; frame-ancestors 'none'"
    assert may_post_to(policy, OWN, "https://lms.example/return")
    assert may_post_to(policy, OWN, "https://tool.example/save")
    assert not may_post_to(policy, OWN, "https://other.example/")
