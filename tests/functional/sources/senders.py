"""Senders of statements at the whole site: what xAPI and Caliper have in common is asked of both."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from lti_tool.bootstrap.site import create_site
from lti_tool.db.tables.learning import inbox_events
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.sources.sender import Sender
from lti_tool.usecases.ports import RefusedEvent, SourceCredential
from lti_tool.usecases.source_keys import ManageSourceKeys, NewKey
from tests.factories.house import CONTEXT, REGISTRATION, TestHouse, make_house

LMS = "https://lms.example.edu"
AT = "2026-08-31T08:00:00Z"
OTHER, WAITING = "reg-2", "reg-waiting"


def xapi_headers(key: NewKey) -> dict[str, str]:
    pair = base64.b64encode(f"{key.key_id}:{key.secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}", "X-Experience-API-Version": "1.0.3"}


def caliper_headers(key: NewKey) -> dict[str, str]:
    return {"Authorization": f"Bearer {key.key_id}.{key.secret}"}


def xapi_score(person: str = "ana", given: Any = 91, maximum: Any = 100, at: Any = AT, **more: Any) -> dict[str, Any]:
    return {
        "actor": {"account": {"homePage": LMS, "name": person}},
        "verb": {"id": "https://w3id.org/xapi/tla/verbs/scored"},
        "object": {"id": "quiz-1", "definition": {"name": {"en": "Quiz 1"}}},
        "result": {"score": {"raw": given, "max": maximum}},
        "context": {
            "contextActivities": {
                "parent": [{"id": CONTEXT, "definition": {"type": "https://w3id.org/xapi/cmi5/activitytype/course"}}]
            }
        },
        "timestamp": at,
    } | more


def caliper_score(
    person: str = "ana", given: Any = 91, maximum: Any = 100, at: Any = AT, **more: Any
) -> dict[str, Any]:
    return {
        "@context": "http://purl.imsglobal.org/ctx/caliper/v1p1",
        "id": f"urn:example:{person}:{given}:{at}",
        "type": "GradeEvent",
        "actor": {"id": f"{LMS}/user/teacher", "type": "Person"},
        "action": "Graded",
        "object": {
            "id": f"{LMS}/attempt/1",
            "type": "Attempt",
            "assignee": {"id": f"{LMS}/user/{person}", "type": "Person"},
            "assignable": {"id": "quiz-1", "type": "AssignableDigitalResource", "name": "Quiz 1"},
        },
        "generated": {"id": f"{LMS}/score/1", "type": "Score", "scoreGiven": given, "maxScore": maximum},
        "group": {"id": CONTEXT, "type": "CourseSection"},
        "eventTime": at,
    } | more


@dataclass(frozen=True)
class Wire:
    """One of the two ways to tell the same."""

    source: str
    path: Callable[[str], str]
    headers: Callable[[NewKey], dict[str, str]]
    score: Callable[..., dict[str, Any]]
    batch: Callable[[list[Any]], Any]
    # What an accepted request is answered with, at first and again.
    statuses: tuple[int, int]


WIRES = {
    "xapi": Wire(
        "xapi", lambda id_: f"/xapi/{id_}/statements", xapi_headers, xapi_score, lambda each: each, (200, 200)
    ),
    "caliper": Wire(
        "caliper",
        lambda id_: f"/caliper/{id_}",
        caliper_headers,
        caliper_score,
        lambda each: {"data": each},
        (202, 200),
    ),
}


@dataclass
class Senders:
    """`reg-1` of make_house, beside it another platform and one that waits for approval; keys for each."""

    house: TestHouse
    wire: Wire
    keys: dict[str, NewKey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = create_site(self.house.house)
        with self.house.house.transactions() as unit:
            first = unit.registrations.get(REGISTRATION)
            assert first is not None
            for name, state in ((OTHER, RegistrationState.ACTIVE), (WAITING, RegistrationState.PENDING)):
                unit.registrations.save(
                    Registration(name, first.tenant_id, name, f"https://{name}.example", name, "", "", "", state=state)
                )
            unit.commit()
        for registration_id in (REGISTRATION, OTHER, WAITING):
            self.keys[registration_id] = self.manage.add(registration_id, self.wire.source, Sender(LMS).to_json())

    @property
    def manage(self) -> ManageSourceKeys:
        return ManageSourceKeys(self.house.house.transactions, self.house.clock, "default")

    def send(self, said: Any, *, to: str = REGISTRATION, key: NewKey | None = None, **request: Any) -> TestResponse:
        """Posts JSON, or bytes as they are. `request` replaces headers and the like."""
        raw = said if isinstance(said, bytes) else json.dumps(said).encode()
        headers = self.wire.headers(key or self.keys.get(to, self.keys[REGISTRATION]))
        sent = {"data": raw, "content_type": "application/json", "headers": headers} | request
        return self.app.test_client().post(self.wire.path(to), **sent)

    def rows(self) -> int:
        with self.house.house.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(inbox_events)).scalar_one()

    def kept(self) -> list[RefusedEvent]:
        """What was refused and waits for the administrator."""
        with self.house.house.transactions(write=False) as unit:
            return unit.refused_events.open(REGISTRATION)

    def credential(self, registration_id: str = REGISTRATION) -> SourceCredential:
        return self.manage.of_platform(registration_id)[0]

    def refused(self, code: str, status: int, ask: Callable[[], TestResponse]) -> TestResponse:
        """The refusal alone: nothing stored, one line in the log that the answer leads to, and no word of the sender's
        or of a secret in either."""
        before = self.rows()
        with capture_logs() as lines:
            answer = ask()
        assert answer.status_code == status, answer.text
        problem = answer.get_json()["error"]
        assert problem["code"] == code
        assert self.rows() == before
        (line,) = lines
        assert (line["code"], line["correlation_id"]) == (code, problem["correlation_id"])
        assert set(line) == {"event", "log_level", "code", "status", "correlation_id"}
        for key in self.keys.values():
            assert key.secret not in answer.text + repr(lines)
        assert all(inner not in answer.text for inner in ("Traceback", "sqlalchemy", "lti_tool/"))
        return answer


def senders_at(database_url: str, folder: Path, wire: str) -> Senders:
    """Over a database that tests.factories.beginnings.furnished made."""
    return Senders(make_house(database_url, folder, furnished=True), WIRES[wire])
