"""What a real Moodle 4.4 sent (tests/recordings/moodle): its launches verify with its own keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.launch import Launch
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.domain.roles import CourseRole
from lti_tool.http.session import HttpSettings, OutgoingHttp
from lti_tool.lti.dynamic_registration import PlatformRegistrar
from lti_tool.lti.dynamic_registration.comparison import differences, granted_scopes
from lti_tool.lti.dynamic_registration.configuration import read_configuration
from lti_tool.lti.dynamic_registration.metadata import client_metadata
from lti_tool.lti.login_state import LoginStates
from lti_tool.lti.recorded_login import adopt_login
from lti_tool.lti.roster import NrpsRoster
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.lti.settings import LtiSettings
from lti_tool.lti.tool import LtiTool
from tests.fakes.clock import FakeClock
from tests.fakes.signing import FakeKeys
from tests.fakes.transactions import MemoryTransactions

RECORDINGS = Path(__file__).parents[2] / "recordings" / "moodle"
MOODLE_HTTP = HttpSettings(allowed_private_hosts=frozenset({"127.0.0.1:8089"}))


def recording(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def registration() -> Registration:
    configuration = read_configuration(
        recording("openid_configuration")["response"]["body"], "http://127.0.0.1:8089/mod/lti/openid-configuration.php"
    )
    answer = recording("registration_response")["response"]["body"]
    return Registration(
        id="moodle",
        tenant_id="tenant-1",
        name="Moodle",
        issuer=configuration.issuer,
        client_id=answer["client_id"],
        auth_login_url=configuration.authorization_endpoint,
        auth_token_url=configuration.token_endpoint,
        jwks_url=configuration.jwks_uri,
        state=RegistrationState.ACTIVE,
        product=configuration.product,
        service_scopes=tuple(answer["scope"].split()),
    )


def play(name: str, seconds_late: float = 0, spoil: str = "") -> Launch:
    """Finishes a recorded launch with the clock at its iat."""
    token = recording(name)["request"]["form"]["id_token"][0]
    claims = recording(name)["id_token_claims"]
    clock = FakeClock(datetime.fromtimestamp(claims["iat"] + seconds_late, UTC))
    transactions, moodle = MemoryTransactions(), registration()
    transactions.registrations.save(moodle)
    transactions.registrations.save_deployment("moodle", "1", "active")
    states = LoginStates(b"of this test alone")
    state = adopt_login(
        states,
        clock,
        moodle,
        nonce=claims["nonce"],
        target_link_uri=claims["https://purl.imsglobal.org/spec/lti/claim/target_link_uri"],
        browser_secret="browser",
    )
    tool = LtiTool(
        transactions=transactions,
        clock=clock,
        http=OutgoingHttp(MOODLE_HTTP),
        keys=FakeKeys(),
        settings=LtiSettings("http://localhost:9001"),
        states=states,
    )
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.add("GET", moodle.jwks_url, json=recording("jwks"))
        return tool.check_launch("moodle", {"state": state, "id_token": token + spoil}, "browser", None)


@pytest.mark.parametrize(
    ("name", "role", "subject"),
    [
        ("launch_student", CourseRole.LEARNER, "18"),
        ("launch_instructor", CourseRole.INSTRUCTOR, "17"),
        ("launch_admin", CourseRole.INSTRUCTOR, "2"),
    ],
)
def test_a_genuine_launch_is_accepted(name: str, role: CourseRole, subject: str) -> None:
    launch = play(name)
    assert (launch.course_role, launch.subject) == (role, subject)
    assert (launch.context_id, launch.context_title) == ("4", "Badge Course 101")
    assert launch.endpoints.lineitems_url == "http://127.0.0.1:8089/mod/lti/services.php/4/lineitems?type_id=1"
    assert (launch.product, launch.document_target) == ("moodle", "iframe")
    assert launch.custom["badge_id"] == "42"
    assert "v_user_image" not in launch.custom  # arrives as "$User.image"


def test_a_genuine_launch_is_refused_when_it_is_late() -> None:
    with pytest.raises(BadgeToolError, match=r"claim\.expired"):
        play("launch_student", seconds_late=121)


def test_a_genuine_launch_is_refused_when_it_was_touched() -> None:
    with pytest.raises(BadgeToolError, match=r"jwt\.signature_invalid"):
        play("launch_student", spoil="A")


def test_the_real_roster_is_read() -> None:
    recorded = recording("nrps_members")
    tokens = CachedServiceTokens(OutgoingHttp(MOODLE_HTTP), FakeKeys(), FakeClock())
    roster = NrpsRoster(OutgoingHttp(MOODLE_HTTP), tokens)
    course = Course("c", "moodle", "1", "4", "Badge Course 101", memberships_url=recorded["request"]["url"])
    with responses.RequestsMock() as web:
        web.add("POST", registration().auth_token_url, json={"access_token": "t", "expires_in": 3600})
        web.add("GET", recorded["request"]["url"], json=recorded["response"]["body"])
        members = roster.read(registration(), course)
        assert "limit" not in (web.calls[1].request.url or "")
    assert [member.subject for member in members] == ["18", "19", "20", "21", "22", "17"]
    assert [member.roles for member in members][-2:] == [("Learner",), ("Instructor",)]
    assert members[0].name == "Stu1 Dent1"


def test_the_registration_is_trimmed_to_what_moodle_offers() -> None:
    configuration = read_configuration(
        recording("openid_configuration")["response"]["body"], "http://127.0.0.1:8089/mod/lti/openid-configuration.php"
    )
    asked = client_metadata(configuration, LtiSettings("http://localhost:9001"), "moodle", "")
    tool = asked["https://purl.imsglobal.org/spec/lti-tool-configuration"]
    assert "noticehandlers" not in asked["scope"]
    assert tool["messages"][1]["placements"] == ["ContentArea"]
    assert tool["custom_parameters"]["user_username"] == "$User.username"
    assert all(value[1:] in configuration.variables for value in tool["custom_parameters"].values())
    # Moodle's answer to another tool that asked for the same services and for more, with custom fields of its own.
    answer = recording("registration_response")["response"]["body"]
    assert granted_scopes(asked, answer) == tuple(asked["scope"].split())
    said = differences({**asked, "redirect_uris": answer["redirect_uris"]} | _same(answer), answer)
    assert len(said) == 1
    assert "custom fields" in said[0]


def _same(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("initiate_login_uri", "jwks_uri")}


def test_moodles_recorded_answers_make_a_whole_registration() -> None:
    """Both recorded answers, in order, through the registrar: what Moodle said is what is kept."""
    asked, answer = recording("openid_configuration"), recording("registration_response")
    with responses.RequestsMock() as web:
        for method, one in (("GET", asked), ("POST", answer)):
            headers = {"Content-Type": one["response"]["headers"]["Content-Type"]}
            web.add(
                method,
                one["request"]["url"],
                json.dumps(one["response"]["body"]),
                status=one["response"]["status"],
                headers=headers,
            )
        registrar = PlatformRegistrar(
            OutgoingHttp(MOODLE_HTTP), MemoryTransactions(), FakeClock(), LtiSettings("http://localhost:9001")
        )
        outcome = registrar.register(asked["request"]["url"], "token-1", "moodle", tenant_id="tenant-1", name="Moodle")
        assert [call.request.headers["Authorization"] for call in web.calls] == ["Bearer token-1"] * 2
    made, said = outcome.registration, answer["response"]["body"]
    assert (made.issuer, made.client_id, made.product) == ("http://127.0.0.1:8089", said["client_id"], "moodle")
    tool = said["https://purl.imsglobal.org/spec/lti-tool-configuration"]
    assert outcome.deployment_ids == [tool["deployment_id"]]
    assert set(made.service_scopes) <= set(said["scope"].split())
    assert (made.environment, made.issuing) == ("production", True)
