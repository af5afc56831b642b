"""Launches that must work: the 18 of the certification suite (guide 6.1.2 and 6.1.3), and controls beside them."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.domain.roles import CourseRole
from lti_tool.lti import claims as c
from tests.certification.rows import CERTIFICATION_CASES
from tests.fakes.lti_platform import BASE_URL, CLIENT_ID, GONE, INSTRUCTOR, LEARNER
from tests.fakes.lti_stage import Stage, data_attribute
from tests.fakes.signing import public_jwk, rsa_key

row = pytest.mark.row
_NO_NAMES = dict.fromkeys(("name", "given_name", "family_name"), GONE)
_STUDENT = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"
_FACULTY = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Faculty"

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "multiple-roles": {"more_roles": True},
    "short-role": {"short": True},
    "unknown-role": {"extra_role": "http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper"},
    "no-role": {c.ROLES: []},
    "email-only": {**_NO_NAMES},
    "names-only": {"email": GONE, "given_name": "Robin", "family_name": "Example"},
    "no-personal-data": {**_NO_NAMES, "email": GONE},
    "email-without-context": {**_NO_NAMES, c.CONTEXT: GONE},
}


@pytest.mark.parametrize(
    ("person", "case"),
    [
        pytest.param(person, case, marks=row(f"{person}-{case}"))
        for person in ("instructor", "learner")
        for case in CERTIFICATION_CASES
    ],
)
def test_certification_launch_is_accepted(stage: Stage, case: str, person: str) -> None:
    changes, role = dict(CASES[case]), INSTRUCTOR if person == "instructor" else LEARNER
    roles = [role.rsplit("#", 1)[-1] if changes.pop("short", False) else role]
    if changes.pop("more_roles", False):
        roles.append(_FACULTY if role == INSTRUCTOR else _STUDENT)
    if "extra_role" in changes:
        roles = [changes.pop("extra_role")]
    launch = stage.accepted(stage.launch(**{c.ROLES: roles, **changes}))
    expected = CourseRole.INSTRUCTOR if role == INSTRUCTOR else CourseRole.LEARNER
    assert launch.course_role is (CourseRole.OTHER if case in ("unknown-role", "no-role") else expected)
    assert launch.context_id == ("" if case == "email-without-context" else "course-1")
    assert launch.subject == "user-7"


@row("audience-list-of-one")
def test_audience_as_a_list_of_one(stage: Stage) -> None:
    stage.accepted(stage.launch(aud=[CLIENT_ID]))


@row("audience-with-trusted-second")
def test_trusted_second_audience_with_azp(stage: Stage) -> None:
    stage.accepted(stage.launch(aud=[CLIENT_ID, BASE_URL], azp=CLIENT_ID))


@row("clock-skew")
@pytest.mark.parametrize("skew", [-60, -59, 59])
def test_a_clock_that_is_a_minute_off(stage: Stage, skew: int) -> None:
    """CL09, CL10: 60 seconds of leeway each way. The token is good for a minute, so -119 is the oldest."""
    now = int(stage.clock.now().timestamp())
    issued_at = now + skew if skew > 0 else now + skew - 59
    stage.accepted(stage.launch(iat=issued_at, exp=issued_at + 60))


@row("JK09", "key-rotation")
def test_new_key_is_fetched_once(stage: Stage) -> None:
    stage.accepted(stage.launch())
    stage.platform.key, stage.platform.kid = rsa_key("platform-2"), "platform-2"
    stage.platform.keys.append(public_jwk(stage.platform.key, "platform-2"))
    stage.clock.advance(30)
    stage.accepted(stage.launch())
    stage.accepted(stage.launch())
    assert len(stage.web.calls) == 2


@row("cookieless-storage")
def test_without_a_cookie_the_platforms_storage_proves_the_browser(stage: Stage) -> None:
    login = stage.login(lti_storage_target="_parent")
    proof = data_attribute(login.page, "storage-value")
    stage.browser = stage.app.test_client()
    token = stage.platform.sign(stage.platform.claims(login.nonce))
    assert stage.post(login.state, token).status_code == 200
    assert stage.opened == []
    assert "launch_token" in stage.post(login.state, token, proof=proof).text
    assert len(stage.opened) == 1


@row("unknown-claims")
def test_unknown_claims_are_ignored(stage: Stage) -> None:
    stage.accepted(stage.launch(**{"https://vendor.example/claim": {"deep": [1, None]}, "picture": 7}))


def test_everything_a_launch_says_is_read(stage: Stage) -> None:
    presentation = {"return_url": "https://lms.example/back", "locale": "de_CH", "document_target": "iframe"}
    platform = {"product_family_code": "moodle", "version": "2023112400", "guid": "1"}
    launch = stage.accepted(
        stage.launch(**{c.LAUNCH_PRESENTATION: presentation, c.TOOL_PLATFORM: platform, "name": "Ann\x00 \u202eB"})
    )
    assert (launch.name, launch.email) == ("Ann \u202eB", "robin@school.example")
    assert (launch.context_title, launch.resource_link_id) == ("Laboratory Safety", "link-1")
    assert launch.endpoints.lineitems_url == "https://lms.example/api/course-1/lineitems"
    assert launch.endpoints.memberships_url == "https://lms.example/api/course-1/members"
    assert launch.endpoints.ags_scopes == (c.SCOPE_LINEITEM, c.SCOPE_SCORE)
    assert (launch.return_url, launch.locale) == ("https://lms.example/back", "de-CH")
    assert (launch.document_target, launch.product, launch.product_version) == ("iframe", "moodle", "2023112400")


@pytest.mark.parametrize(("product", "context_id"), [("moodle", ""), ("canvas", "1")])
def test_moodles_front_page_is_no_course(stage: Stage, product: str, context_id: str) -> None:
    """Its roster would be every user of the site."""
    front_page = {c.CONTEXT: {"id": "1", "title": "Example School"}, c.TOOL_PLATFORM: {"product_family_code": product}}
    assert stage.accepted(stage.launch(**front_page)).context_id == context_id
