"""POST /hooks/<registration>: rows of the events catalogue over HTTP, against both databases."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from standardwebhooks import Webhook
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from lti_tool.db.engine import make_engine
from lti_tool.db.tables.learning import inbox_events
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.usecases.ingest_events import IngestEvents
from lti_tool.web.protocols.hooks import hooks_blueprint

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class StoppedClock:
    def now(self) -> datetime:
        return NOW


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def platform(name: str, state: RegistrationState = RegistrationState.ACTIVE) -> Registration:
    return Registration(
        id=name,
        tenant_id="default",
        name=name,
        issuer=f"https://{name}.example",
        client_id=name,
        auth_login_url=f"https://{name}.example/login",
        auth_token_url=f"https://{name}.example/token",
        jwks_url=f"https://{name}.example/jwks",
        state=state,
        webhook_secret=new_secret(),
        created_at=NOW,
    )


def body(**changes: Any) -> bytes:
    data = {
        "context_id": "course-1",
        "user_id": "learner-1",
        "activity": {"id": "quiz-1", "type": "item", "title": "Quiz 1", "maximum": 20},
        "score": {"given": 17, "maximum": 20},
        "completed": None,
    }
    return json.dumps({"type": "item.scored", "timestamp": "2026-05-04T11:59:58Z", "data": data | changes}).encode()


@dataclass(frozen=True)
class House:
    """The route on a real database; `one` and `two` are approved platforms."""

    app: Flask
    one: Registration
    two: Registration
    waiting: Registration
    rows: Callable[[], int]

    def post(
        self, raw: bytes, *, to: Registration | str = "", signer: Registration | None = None,
        message_id: str = "msg_1", **kwargs: Any,
    ) -> TestResponse:  # fmt: skip
        target = to or self.one
        signer = signer or (target if isinstance(target, Registration) else self.one)
        text = raw.decode("utf-8", "replace")
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(NOW.timestamp())),
            "webhook-signature": Webhook(signer.webhook_secret.split()[0]).sign(message_id, NOW, text),
        }
        return self.app.test_client().post(
            f"/hooks/{target.id if isinstance(target, Registration) else target}",
            **{"data": raw, "content_type": "application/json", "headers": headers} | kwargs,
        )

    def refused(self, answer: TestResponse, code: str, status: int) -> None:
        """The code and nothing inner, and nothing stored."""
        assert answer.status_code == status
        problem = answer.get_json()["error"]
        assert problem["code"] == code
        assert problem["message"]
        assert len(problem["correlation_id"]) >= 16
        assert self.rows() == 0


@pytest.fixture
def house(migrated_database_url: str) -> Iterator[House]:
    engine = make_engine(migrated_database_url)
    transactions = SqlTransactions(engine, StoppedClock())
    known = [platform("one"), platform("two"), platform("waiting", RegistrationState.PENDING)]
    with transactions() as unit:
        for registration in known:
            unit.registrations.save(registration)
        unit.commit()

    def registration_of(registration_id: str) -> Registration | None:
        with transactions(write=False) as unit:
            return unit.registrations.get(registration_id)

    def rows() -> int:
        with engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(inbox_events)).scalar_one()

    app = Flask(__name__)
    app.register_blueprint(hooks_blueprint(registration_of, IngestEvents(transactions, StoppedClock()), StoppedClock()))
    yield House(app, *known, rows)
    engine.dispose()


def test_an_event_is_stored_before_it_is_acknowledged(house: House) -> None:
    answer = house.post(body())
    assert (answer.status_code, answer.get_json()) == (202, {"accepted": 1})
    assert house.rows() == 1


def test_ev11_the_same_again_changes_nothing(house: House) -> None:
    house.post(body())
    answer = house.post(body())
    assert (answer.status_code, answer.get_json()) == (200, {"accepted": 0})
    assert house.rows() == 1


def test_ev12_the_same_id_for_something_else(house: House) -> None:
    house.post(body())
    answer = house.post(body(score={"given": 1, "maximum": 20}))
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "event.id_conflict")
    assert house.rows() == 1


def test_ev14_many_copies_at_once(house: House) -> None:
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: house.post(body()).status_code, range(100)))
    assert sorted(statuses) == [200] * 99 + [202]
    assert house.rows() == 1


def test_one_id_of_two_platforms_is_two_events(house: House) -> None:
    assert house.post(body(), to=house.one).status_code == 202
    assert house.post(body(), to=house.two).status_code == 202
    assert house.rows() == 2


def test_ev27_an_unknown_type_is_accepted_and_ignored(house: House) -> None:
    answer = house.post(b'{"type": "forum.posted", "data": {}}')
    assert (answer.status_code, answer.get_json()) == (202, {"accepted": 0})
    assert house.rows() == 0


def test_an_unknown_platform(house: House) -> None:
    house.refused(house.post(body(), to="nobody"), "event.platform_unknown", 404)


def test_a_platform_that_waits_for_approval(house: House) -> None:
    house.refused(house.post(body(), to=house.waiting), "event.platform_inactive", 403)


def test_a_stranger_does_not_learn_that_a_platform_waits(house: House) -> None:
    answer = house.post(body(), to=house.waiting, signer=house.one)
    house.refused(answer, "event.signature_invalid", 401)


def test_ev01_unsigned(house: House) -> None:
    house.refused(house.post(body(), headers={}), "event.unsigned", 401)


def test_ev04_stale(house: House) -> None:
    earlier = str(int(NOW.timestamp()) - 301)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": earlier, "webhook-signature": "v1,eA=="}
    house.refused(house.post(body(), headers=headers), "event.stale", 401)


def test_ev06_both_secrets_count_while_one_replaces_the_other(house: House) -> None:
    # The new secret is what this test's sender signs with; the old one stands beside it.
    both = replace(house.one, webhook_secret=f"{house.two.webhook_secret} {house.one.webhook_secret}")
    app = Flask(__name__)
    ingested: list[Any] = []

    def ingest(*arguments: Any) -> Any:
        ingested.append(arguments)
        return type("Receipt", (), {"accepted": 1})()

    app.register_blueprint(hooks_blueprint(lambda _: both, ingest, StoppedClock()))
    changing = replace(house, app=app)
    assert changing.post(body(), to=both, signer=house.one).status_code == 202
    assert changing.post(body(), to=both, signer=house.two).status_code == 202
    assert len(ingested) == 2


def test_ev09_another_platforms_secret(house: House) -> None:
    house.refused(house.post(body(), to=house.two, signer=house.one), "event.signature_invalid", 401)


def test_ev28_and_ev20_a_body_that_says_nothing_true(house: House) -> None:
    house.refused(house.post(body(score={"given": "85%", "maximum": 100})), "event.score_invalid", 422)
    house.refused(house.post(body().replace(b"2026-05-04T", b"2100-05-04T")), "event.time_invalid", 422)


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b"[" * 100_000, b"null", b""])
def test_ev31_and_ev34_malformed(house: House, raw: bytes) -> None:
    house.refused(house.post(raw), "event.malformed", 400)


def test_ev32_duplicate_keys(house: House) -> None:
    raw = body().replace(b'"user_id"', b'"user_id": "me", "user_id"')
    house.refused(house.post(raw), "event.duplicate_key", 400)


def test_ev33_too_large_is_refused_before_it_is_read(house: House) -> None:
    house.refused(house.post(b" " * (256 * 1024 + 1)), "event.too_large", 413)
    house.refused(house.post(b"{}", environ_overrides={"CONTENT_LENGTH": str(10 * 1024**2)}), "event.too_large", 413)


def test_ev33_without_a_length_only_the_first_part_is_read(house: House) -> None:
    endless = BytesIO(b" " * (2 * 1024**2))
    answer = house.app.test_client().post(
        "/hooks/one",
        input_stream=endless,
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    )
    house.refused(answer, "event.too_large", 413)
    assert endless.tell() < 1024**2


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=utf-16"]
)
def test_ev35_the_content_type_is_json(house: House, content_type: str) -> None:
    house.refused(house.post(body(), content_type=content_type), "event.content_type", 415)


def test_ev35_compressed_bodies_are_not_unpacked(house: House) -> None:
    house.refused(house.post(body(), headers={"Content-Encoding": "gzip"}), "event.content_type", 415)


def test_ev10_a_refusal_is_one_line_without_secrets_or_contents(house: House) -> None:
    with capture_logs() as lines:
        answer = house.post(body(user_id="somebody\nforged line"), message_id="msg_forged")
    assert len(lines) == 1
    assert lines[0]["code"] == "event.malformed"
    assert lines[0]["correlation_id"] == answer.get_json()["error"]["correlation_id"]
    said = json.dumps(lines)
    assert "forged" not in said
    assert house.one.webhook_secret not in said


def test_only_posts_are_heard(house: House) -> None:
    assert house.app.test_client().get("/hooks/one").status_code == 405
