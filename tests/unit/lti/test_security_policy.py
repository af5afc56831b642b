"""The policy header: who may frame the tool."""

from __future__ import annotations

import pytest

from lti_tool.web.security.csp import content_security_policy, frame_ancestors
from tests.fakes.lti_platform import registration


def test_nobody_frames_a_page_by_default() -> None:
    assert "frame-ancestors 'none'" in content_security_policy(())


def test_a_directive_can_be_replaced() -> None:
    policy = content_security_policy(["https://lms.example"], form_action=["'self'", "https://lms.example"])
    assert "form-action 'self' https://lms.example" in policy
    assert policy.count("form-action") == 1


@pytest.mark.parametrize("source", ["https://a; script-src *", "a b", "a,b"])
def test_a_source_cannot_add_a_directive(source: str) -> None:
    with pytest.raises(ValueError, match="separator"):
        content_security_policy([source])


def test_the_platforms_origins_may_frame() -> None:
    held = registration(auth_login_url="https://sso.lms.example/auth?x=1", product="canvas")
    assert frame_ancestors(held, "https://canvas.school.edu/back", "javascript:x") == (
        "https://lms.example",
        "https://sso.lms.example",
        "https://canvas.school.edu",
        "https://*.instructure.com",
    )
