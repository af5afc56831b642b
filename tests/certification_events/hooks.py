"""A sender of signed events at the whole site, with the proof that a refusal did nothing."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook
from werkzeug.test import TestResponse

from lti_tool.domain.platform import RegistrationState
from tests.factories.house import CONTEXT, REGISTRATION
from tests.factories.whole_site import WholeSite, whole_site

OTHER, WAITING = "reg-2", "reg-waiting"
# Where what a proven sender said is kept for the administrator: the one thing that such a refusal leaves behind.
KEPT = "refused_events"


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


@dataclass
class Hooks:
    """`site` has one course with one badge, and three platforms: one that sends, another one, one not approved."""

    site: WholeSite
    keys: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (OTHER, WAITING):
            self.site.add_platform(name, f"https://{name}.example.edu", client=name)
        with self.site.course.house.transactions() as unit:
            for name in (REGISTRATION, OTHER, WAITING):
                held = unit.registrations.get(name)
                assert held is not None
                self.keys[name] = new_secret()
                state = RegistrationState.PENDING if name == WAITING else held.state
                unit.registrations.save(replace(held, webhook_secret=self.keys[name], state=state))
            unit.commit()
        self.site.secrets += self.keys.values()

    @property
    def now(self) -> datetime:
        return self.site.course.clock.now()

    def body(self, user: str = "ana", *, type: str = "item.scored", at: datetime | str = "", **data: Any) -> bytes:  # noqa: A002
        """A score of 91 of 100 in the quiz, but for what `data` says otherwise."""
        usual = {
            "context_id": CONTEXT,
            "user_id": user,
            "activity": {"id": "quiz-1", "type": "item", "title": "Quiz 1", "maximum": 100},
            "score": {"given": 91, "maximum": 100},
        }
        moment = at if isinstance(at, str) and at else (at or self.now).isoformat()  # type: ignore[union-attr]
        return json.dumps({"type": type, "timestamp": moment, "data": usual | data}).encode()

    def module(self, user: str = "ana") -> bytes:
        activity = {"id": "module-1", "type": "module"}
        return self.body(user, type="module.completed", activity=activity, score=None, completed=True)

    def sign(
        self, raw: bytes, message_id: str = "msg_1", secret: str = "", at: datetime | None = None
    ) -> dict[str, str]:
        """The three headers of Standard Webhooks."""
        moment, text = at or self.now, raw.decode("utf-8", "surrogateescape")
        try:
            signed = Webhook(secret or self.keys[REGISTRATION]).sign(message_id, moment, text)
        except UnicodeEncodeError:
            signed = "v1,bm90IGEgdGV4dA=="
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": signed,
        }

    def send(
        self, raw: bytes, message_id: str = "msg_1", *, to: str = REGISTRATION, signer: str = "", **request: Any
    ) -> TestResponse:
        """Signed and posted; `request` replaces headers and the like."""
        headers = self.sign(raw, message_id, self.keys[signer or (to if to in self.keys else REGISTRATION)])
        sent = {"data": raw, "content_type": "application/json", "headers": headers} | request
        return self.site.app.test_client().post(f"/hooks/{to}", **sent)

    def told(self, *bodies: bytes) -> None:
        """Events that are accepted, and the work that follows."""
        for raw in bodies:
            answer = self.send(raw, f"msg_{secrets.token_hex(8)}")
            assert answer.status_code == 202, answer.text
        self.site.course.work()

    def refused(self, code: str, status: int, ask: Callable[[], TestResponse], *, kept: bool = False) -> TestResponse:
        """The refusal alone: its code and status, no row changed (but for the one that is `kept` for the
        administrator), no session, no connection opened, one line in the log that the answer leads to, and no word of
        the sender's or of a secret in it."""
        before, calls, lines = self.site.rows(), len(self.site.web.calls), len(self.site.log)
        answer = ask()
        assert answer.status_code == status, answer.text
        problem = answer.get_json()["error"]
        assert problem["code"] == code, problem
        (line,) = self.site.log[lines:]
        assert set(line) == {"event", "log_level", "code", "status", "correlation_id"}
        assert (line["code"], line["correlation_id"]) == (code, problem["correlation_id"])
        said = answer.text + repr(line)
        assert not any(secret in said for secret in self.site.secrets)
        assert not any(inner in answer.text for inner in ("Traceback", "sqlalchemy", "lti_tool/"))
        after = self.site.rows()
        grown = {name for name, rows in after.items() if rows != before[name]}
        assert grown == ({KEPT} if kept else set())
        assert "Set-Cookie" not in answer.headers
        assert len(self.site.web.calls) == calls
        return answer


@contextmanager
def hooks_at(database_url: str, folder: Path) -> Iterator[Hooks]:
    """Over a database that tests.factories.beginnings.published made."""
    with whole_site(database_url, folder) as site:
        yield Hooks(site)
