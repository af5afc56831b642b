"""Deliveries that come at once share a transaction, and each ends as if it had come alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Activity
from lti_tool.usecases.ports import ToldEvent, UnitOfWork
from tests.factories.house import CONTEXT, REGISTRATION, TestHouse, make_house
from tests.factories.statements import statements

SENDERS = 24


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


def test_one_that_fails_and_one_that_contradicts_hold_up_nobody(lab: TestHouse) -> None:
    lab.house.ingest(REGISTRATION, [lab.score("ana", 70, "taken")])
    start = threading.Barrier(SENDERS)

    def fail(_unit: UnitOfWork, _new: frozenset[str]) -> None:
        raise LookupError("only this one")

    def send(number: int) -> str:
        contradicts, fails = number % 8 == 3, number % 8 == 5
        event = lab.score("ben", number, "taken" if contradicts else f"event-{number}")
        quiz = Activity("quiz-9", "score", "Quiz nine", maximum=100.0)
        start.wait(60)
        try:
            more = {"then": fail} if fails else {}
            receipt = lab.house.ingest(REGISTRATION, [event], [(CONTEXT, quiz)], **more)
        except BadgeToolError as error:
            return error.code
        except LookupError as error:
            return str(error)
        return f"{receipt.accepted} accepted"

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(send, range(SENDERS)))
    for number, answer in enumerate(answers):
        expected = {3: "event.id_conflict", 5: "only this one"}.get(number % 8, "1 accepted")
        assert answer == expected, number
    with lab.house.transactions(write=False) as unit:
        stored = {unit.inbox.get(row_id).event.event_id for row_id in range(1, 500) if unit.inbox.get(row_id)}
        named = {activity.title for activity in unit.courses.activities(lab.course.id)}
    good = {f"event-{number}" for number in range(SENDERS) if number % 8 not in (3, 5)}
    assert {name for name in stored if name.startswith("event-")} == good
    assert "Quiz nine" in named
    lab.work()
    with lab.house.transactions(write=False) as unit:
        assert unit.records.get(lab.course.id, lab.people["ben"].id).facts


def test_an_event_that_nothing_comes_with_costs_one_statement(lab: TestHouse) -> None:
    """Its row of the inbox and the work on it; SQLite, which has no round trips, needs two within its transaction."""
    lab.hear(lab.score("ana", 10, "first"))  # with it the sign of life, which is not due again for a while
    lab.work()
    sent = statements(lab.house.engine, lambda: lab.hear(lab.score("ana", 70, "second")))
    assert len(sent) == (1 if lab.house.engine.dialect.name == "postgresql" else 2), sent
    again = lab.house.ingest(REGISTRATION, [lab.score("ana", 70, "second")])
    assert (again.accepted, again.repeated) == (0, 1)
    with pytest.raises(BadgeToolError, match="other content"):
        lab.hear(lab.score("ana", 99, "second"))
    with lab.house.transactions(write=False) as unit:
        assert [refused.event_id for refused in unit.refused_events.open(REGISTRATION)] == ["second"]
    with lab.house.engine.connect() as connection:
        waiting = connection.execute(text("SELECT kind FROM outbox WHERE state = 'ready'")).scalars().all()
    assert waiting.count("apply_events") == 1
    lab.work()
    with lab.house.transactions(write=False) as unit:
        record = unit.records.get(lab.course.id, lab.people["ana"].id)
    assert [fact.score for fact in record.facts.values()] == [70]


def test_what_was_rolled_back_is_not_taken_for_stored(lab: TestHouse) -> None:
    """An activity that was told with a delivery that failed is stored with the next."""

    def fail(_unit: UnitOfWork, _new: frozenset[str]) -> None:
        raise LookupError("no")

    told = [(CONTEXT, Activity("quiz-9", "score", "Quiz nine", maximum=100.0))]
    with pytest.raises(LookupError):
        lab.house.ingest(REGISTRATION, [lab.score("ana", 70, "e1")], told, then=fail)
    lab.house.ingest(REGISTRATION, [lab.score("ana", 70, "e2")], told)
    with lab.house.transactions(write=False) as unit:
        assert "Quiz nine" in {activity.title for activity in unit.courses.activities(lab.course.id)}


def test_what_comes_twice_within_one_delivery_is_told_apart(lab: TestHouse) -> None:
    """The same again is a repetition, other content a conflict, whether it came before or comes in the same breath."""
    lab.house.ingest(REGISTRATION, [lab.score("ana", 70, "old")])
    told = [
        lab.score("ana", 80, "new"),
        lab.score("ana", 80, "new"),
        lab.score("ana", 99, "new"),
        lab.score("ana", 70, "old"),
        lab.score("ana", 71, "old"),
        lab.score("ben", 60, "other"),
    ]
    with lab.house.transactions() as unit:
        added = unit.inbox.add([ToldEvent(REGISTRATION, event) for event in told], lab.clock.now())
        unit.commit()
    kinds = ["row" if isinstance(one, int) else type(one).__name__ for one in added]
    assert kinds == ["row", "NoneType", "EventConflict", "NoneType", "EventConflict", "row"]
    receipt = lab.house.ingest(REGISTRATION, told, tolerant=True)
    assert (receipt.accepted, receipt.repeated, receipt.conflicting) == (0, 4, 2)


def test_a_whole_school_is_stored_at_once(lab: TestHouse) -> None:
    """More rows than a statement has room for."""
    told = [lab.score("ana", number % 100, f"event-{number}") for number in range(3000)]
    assert lab.house.ingest(REGISTRATION, told).accepted == 3000
    again = lab.house.ingest(REGISTRATION, told[:5])
    assert (again.accepted, again.repeated) == (0, 5)
