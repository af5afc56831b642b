"""A platform's notices reach the whole house by HTTP, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy import func, select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from lti_tool.bootstrap.site import create_site
from lti_tool.db.tables import platform as t
from lti_tool.domain.launch import Launch, MessageType, ServiceEndpoints
from lti_tool.domain.notice import Notice, NoticeState, NoticeType
from lti_tool.domain.platform import RegistrationState
from lti_tool.lti import claims as c
from lti_tool.usecases.receive_launch import ReceiveLaunch
from tests.factories.house import DEPLOYMENT, REGISTRATION, TestHouse, make_house
from tests.fakes.lti_platform import GONE, FakePlatform

ISSUER, CLIENT = "https://lms.example.edu", "client-1"
COPY = {
    c.CONTEXT: {"id": "new-course", "title": "Copy", "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#Course"]},
    "https://purl.imsglobal.org/spec/lti/claim/origin_contexts": ["course-1"],
}
SERVICE = f"{ISSUER}/api/lti/notice-handlers/1"


@dataclass
class Desk:
    lab: TestHouse
    platform: FakePlatform
    client: FlaskClient

    def token(self, notice_id: str = "notice-1", kind: str = "LtiContextCopyNotice", /, **changes: Any) -> str:
        """As Canvas signs one: without a subject, a target or a message type."""
        at = int(self.lab.clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "azp": CLIENT,
            "iat": at,
            "exp": at + 3600,
            "nonce": f"nonce-{notice_id}-{at}",
            c.VERSION: "1.3.0",
            c.DEPLOYMENT_ID: DEPLOYMENT,
            c.NOTICE: {"id": notice_id, "timestamp": "2026-09-01T07:59:00Z", "type": kind},
            **COPY,
            **changes,
        }
        return self.platform.sign({name: value for name, value in claims.items() if value is not GONE})

    def post(self, *tokens: Any, registration: str = REGISTRATION, **more: Any) -> TestResponse:
        body = json.dumps({"notices": [{"jwt": token} for token in tokens]})
        return self.client.post(
            f"/lti/{registration}/notices", **({"data": body, "content_type": "application/json"} | more)
        )

    def stored(self, notice_id: str = "notice-1") -> Notice | None:
        with self.lab.house.transactions(write=False) as unit:
            return unit.notices.get(REGISTRATION, notice_id)

    def count(self) -> int:
        with self.lab.house.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(t.notices)).scalar_one())


@pytest.fixture
def desk(furnished_database_url: str, tmp_path: Path) -> Iterator[Desk]:
    lab = make_house(furnished_database_url, tmp_path, furnished=True)
    platform = FakePlatform(lab.clock)  # type: ignore[arg-type]
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.add_callback("GET", f"{ISSUER}/jwks", lambda _: (200, {}, json.dumps({"keys": platform.keys})))
        yield Desk(lab, platform, create_site(lab.house).test_client())
    lab.house.engine.dispose()


def code_of(answer: TestResponse) -> str:
    assert answer.json is not None
    return str(answer.json["error"]["code"])


def test_a_copied_course_is_stored_before_the_answer_and_looked_at_after(desk: Desk) -> None:
    answer = desk.post(desk.token())
    assert (answer.status_code, answer.json) == (200, {"accepted": 1, "refused": []})
    notice = desk.stored()
    assert notice is not None
    assert (notice.type, notice.state, notice.context_id) == (
        NoticeType.CONTEXT_COPY,
        NoticeState.RECEIVED,
        "new-course",
    )
    assert notice.origin_contexts == ("course-1",)
    assert notice.occurred_at.isoformat() == "2026-09-01T07:59:00+00:00"
    desk.lab.work()
    assert desk.stored() == replace(notice, state=NoticeState.STORED)


def test_a_notice_that_comes_again_is_harmless(desk: Desk) -> None:
    """Signed anew, with other times and another nonce: it is the same notice."""
    first = desk.token()
    desk.lab.clock.pass_time(seconds=30)
    for token in (first, first, desk.token()):
        assert desk.post(token).json == {"accepted": 1, "refused": []}
    desk.lab.work()
    desk.lab.clock.pass_time(seconds=30)
    assert desk.post(desk.token()).status_code == 200
    desk.lab.work()
    assert desk.count() == 1
    assert (desk.stored() or pytest.fail("gone")).state is NoticeState.STORED


def test_the_same_id_with_another_body_is_refused_and_logged(desk: Desk) -> None:
    desk.post(desk.token())
    with capture_logs() as logs:
        answer = desk.post(desk.token(**{c.CONTEXT: {"id": "another-course"}}))
    assert (answer.status_code, code_of(answer)) == (409, "notice.conflict")
    assert [line["code"] for line in logs if line["event"] == "notice.refused"] == ["notice.conflict"]
    assert (desk.stored() or pytest.fail("gone")).context_id == "new-course"


def test_one_bad_entry_does_not_cost_the_others(desk: Desk) -> None:
    forged = desk.token("forged")
    forged = forged[: forged.rindex(".") + 1] + "A" * 342
    answer = desk.post(desk.token("a"), forged, 7, desk.token("b"), desk.token("c", aud="other"))
    assert answer.status_code == 200
    assert answer.json == {
        "accepted": 2,
        "refused": ["jwt.signature_invalid", "notice.malformed", "claim.aud_mismatch"],
    }
    assert desk.count() == 2


def test_hello(desk: Desk) -> None:
    account = {c.CONTEXT: {"id": "account", "type": ["Account"]}}
    assert desk.post(desk.token("hello", "LtiHelloWorldNotice", **account)).status_code == 200
    desk.lab.work()
    assert (desk.stored("hello") or pytest.fail("gone")).state is NoticeState.DONE


def about(**changes: Any) -> dict[str, Any]:
    values = {"id": "a", "timestamp": "2026-09-01T07:59:00Z", "type": "LtiContextCopyNotice"} | changes
    return {name: value for name, value in values.items() if value is not GONE}


BAD: list[tuple[dict[str, Any], str, int]] = [
    ({"iss": "https://other.example"}, "claim.iss_mismatch", 401),
    ({"aud": "client-2"}, "claim.aud_mismatch", 401),
    ({"azp": "client-2"}, "claim.azp_mismatch", 401),
    ({"exp": 1}, "claim.time_order", 401),
    ({"iat": GONE}, "claim.iat_missing", 401),
    ({"nonce": GONE}, "claim.nonce_missing", 401),
    ({c.DEPLOYMENT_ID: "not-here"}, "lti.deployment_unknown", 403),
    ({c.DEPLOYMENT_ID: GONE}, "lti.deployment_missing", 400),
    ({c.VERSION: GONE}, "lti.version_missing", 400),
    ({c.VERSION: "2.0"}, "lti.version_unsupported", 400),
    ({c.NOTICE: GONE}, "notice.malformed", 400),
    ({c.NOTICE: "text"}, "notice.malformed", 400),
    ({c.NOTICE: about(id=GONE)}, "notice.malformed", 400),
    ({c.NOTICE: about(id="")}, "notice.malformed", 400),
    ({c.NOTICE: about(id=7)}, "notice.malformed", 400),
    ({c.NOTICE: about(id="a\0")}, "notice.malformed", 400),
    ({c.NOTICE: about(id="\ud800")}, "notice.malformed", 400),
    ({c.NOTICE: about(id="a" * 256)}, "notice.malformed", 400),
    ({c.NOTICE: about(timestamp=7)}, "notice.malformed", 400),
    ({c.NOTICE: about(timestamp=GONE)}, "notice.malformed", 400),
    ({c.NOTICE: about(timestamp="0001-01-01T00:00:00+23:59")}, "notice.malformed", 400),
    ({c.NOTICE: about(type="LtiGradeNotice")}, "notice.type_unknown", 400),
    ({c.NOTICE: about(type=["x"])}, "notice.type_unknown", 400),
    ({c.CONTEXT: GONE}, "notice.malformed", 400),
    ({c.CONTEXT: {"id": 7}}, "notice.malformed", 400),
    ({c.CONTEXT: "text"}, "notice.malformed", 400),
]


@pytest.mark.parametrize(("changes", "code", "status"), BAD)
def test_a_notice_is_refused(desk: Desk, changes: dict[str, Any], code: str, status: int) -> None:
    token = desk.token(**changes)
    with capture_logs() as logs:
        answer = desk.post(token)
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert desk.count() == 0
    refused = [line for line in logs if line["event"] == "notice.refused"]
    assert [line["code"] for line in refused] == [code]
    assert refused[0]["correlation_id"]
    assert token.split(".")[1] not in str(logs)
    assert "new-course" not in answer.text


def test_a_signature_by_another_key(desk: Desk) -> None:
    parts = desk.token().split(".")
    parts[2] = desk.token("another").split(".")[2]
    answer = desk.post(".".join(parts))
    assert (answer.status_code, code_of(answer), desk.count()) == (401, "jwt.signature_invalid", 0)


@pytest.mark.parametrize(
    ("more", "code", "status"),
    [
        ({"registration": "another"}, "notice.platform_unknown", 404),
        ({"content_type": "text/plain"}, "notice.content_type", 415),
        ({"data": b"{"}, "notice.malformed", 400),
        ({"data": b'{"notices": ["' + b"a" * 600_000 + b'"]}'}, "notice.too_large", 413),
        ({"data": json.dumps({"notices": [{}] * 101})}, "notice.too_many", 413),
        ({"data": b"{}"}, "notice.malformed", 400),
    ],
)
def test_a_message_is_refused(desk: Desk, more: dict[str, Any], code: str, status: int) -> None:
    answer = desk.post(**more)
    assert (answer.status_code, code_of(answer), desk.count()) == (status, code, 0)


def test_an_empty_message_is_a_message(desk: Desk) -> None:
    assert desk.post().json == {"accepted": 0, "refused": []}


def test_a_platform_that_is_switched_off_tells_nothing(desk: Desk) -> None:
    with desk.lab.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        unit.registrations.save(replace(held, state=RegistrationState.DISABLED))
        unit.commit()
    answer = desk.post(desk.token())
    assert (answer.status_code, code_of(answer), desk.count()) == (403, "notice.platform_inactive", 0)


def test_a_launch_that_offers_notices_has_them_asked_for(desk: Desk) -> None:
    asked: list[tuple[str, str, tuple[str, ...]]] = []

    class Handlers:
        def subscribe(self, registration: Any, service_url: str, handler: str, types: Any) -> int:
            asked.append((service_url, handler, tuple(types)))
            return len(types)

    lab = desk.lab
    house = replace(lab.house, platform=replace(lab.house.platform, notices=Handlers()))
    offered = ServiceEndpoints(notice_service_url=SERVICE, notice_types=("LtiContextCopyNotice", "LtiGradeNotice"))
    launch = Launch(REGISTRATION, DEPLOYMENT, MessageType.RESOURCE_LINK, "ana", (), "/", endpoints=offered)
    receive = ReceiveLaunch(house.transactions, lab.clock, lambda session: session, lambda *_: None)

    def play(launch: Launch) -> int:
        receive(launch, None)
        replace(lab, house=house).work()
        return len(asked)

    assert play(launch) == 1
    handler = "https://badges.example.edu/lti/reg-1/notices"
    assert asked == [(SERVICE, handler, ("LtiContextCopyNotice",))]
    assert play(launch) == 1
    lab.clock.pass_time(days=8)
    assert play(launch) == 2
    moved = replace(offered, notice_service_url=f"{SERVICE}0")
    assert play(replace(launch, endpoints=moved)) == 3
    nothing = replace(offered, notice_types=("LtiGradeNotice",))
    assert play(replace(launch, endpoints=nothing)) == 3
    assert play(replace(launch, endpoints=ServiceEndpoints())) == 3
