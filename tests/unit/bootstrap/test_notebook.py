"""What is seen of platforms is written down a moment later, once, and never in the way of an answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lti_tool.bootstrap.notebook import Notebook
from lti_tool.bootstrap.watching import KeyFetches, Watched
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.observation import Observation, Seen
from tests.factories.house import REGISTRATION, TestHouse, make_house


class CountedTransactions:
    """Counts the transactions that may write."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.writes = 0
        self.down = False

    @contextmanager
    def __call__(self, *, write: bool = True, durable: bool = True, brief: bool = False) -> Iterator[Any]:
        if self.down:
            raise OSError("the database is away")
        self.writes += write
        with self.inner(write=write) as unit:
            yield unit


@pytest.fixture
def lab(tmp_path: Path) -> TestHouse:
    return make_house(f"sqlite:///{tmp_path / 'tool.sqlite3'}", tmp_path)


@pytest.fixture
def transactions(lab: TestHouse) -> CountedTransactions:
    return CountedTransactions(lab.house.transactions)


@pytest.fixture
def notebook(lab: TestHouse, transactions: CountedTransactions) -> Notebook:
    return Notebook(transactions, lab.clock, delay_seconds=3600)


def seen(lab: TestHouse) -> dict[Seen, Observation]:
    with lab.house.transactions(write=False) as unit:
        return unit.observations.of_registration(REGISTRATION)


def test_a_thousand_refusals_are_one_row_and_one_transaction(
    lab: TestHouse, notebook: Notebook, transactions: CountedTransactions
) -> None:
    for _ in range(1000):
        notebook.note(REGISTRATION, Seen.LAUNCH_KEYS, False, "jwt.kid_unknown", "Not listed.")
    assert transactions.writes == 0
    assert seen(lab) == {}
    notebook.flush()
    assert transactions.writes == 1
    assert seen(lab)[Seen.LAUNCH_KEYS].code == "jwt.kid_unknown"
    notebook.note(REGISTRATION, Seen.LAUNCH_KEYS, False, "jwt.kid_unknown", "Not listed.")
    notebook.flush()
    assert transactions.writes == 1


def test_it_is_written_again_when_it_changes_and_after_an_hour(
    lab: TestHouse, notebook: Notebook, transactions: CountedTransactions
) -> None:
    began = lab.clock.now()

    def note(ok: bool) -> Observation:
        notebook.note(REGISTRATION, Seen.ROSTER, ok, "" if ok else "nrps.refused")
        notebook.flush()
        return seen(lab)[Seen.ROSTER]

    assert note(True).at == began
    lab.clock.pass_time(minutes=1)
    assert not note(False).ok
    lab.clock.pass_time(minutes=1)
    assert note(True).ok
    changed = lab.clock.now()
    lab.clock.pass_time(minutes=30)
    assert note(True).at == changed
    lab.clock.pass_time(minutes=31)
    assert note(True).at == lab.clock.now()
    assert transactions.writes == 4


def test_what_another_process_wrote_meanwhile_is_put_right(lab: TestHouse, notebook: Notebook) -> None:
    notebook.note(REGISTRATION, Seen.ROSTER, ok=True)
    notebook.flush()
    with lab.house.transactions() as unit:
        unit.observations.note(REGISTRATION, Observation(Seen.ROSTER, False, lab.clock.now(), "nrps.refused"))
        unit.commit()
    lab.clock.pass_time(minutes=6)
    notebook.note(REGISTRATION, Seen.ROSTER, ok=True)
    notebook.flush()
    assert seen(lab)[Seen.ROSTER].ok


def test_a_platform_that_is_not_there_leaves_nothing(lab: TestHouse, notebook: Notebook) -> None:
    notebook.note("nobody", Seen.LOGIN, ok=True)
    notebook.note(REGISTRATION, Seen.LOGIN, ok=True)
    notebook.flush()
    assert set(seen(lab)) == {Seen.LOGIN}


def test_a_database_that_is_away_harms_nobody(
    lab: TestHouse, notebook: Notebook, transactions: CountedTransactions
) -> None:
    transactions.down = True
    notebook.note(REGISTRATION, Seen.LOGIN, ok=True)
    notebook.flush()
    transactions.down = False
    notebook.note(REGISTRATION, Seen.LOGIN, ok=True)  # noted again, as it was never written
    notebook.flush()
    assert seen(lab)[Seen.LOGIN].ok


class Roster:
    name = "roster"
    error: BadgeToolError | None = None

    def read(self, registration: Any, course: Any) -> list[str]:
        if self.error:
            raise self.error
        return ["ana"]


@pytest.mark.parametrize(
    ("code", "status", "key"),
    [("nrps.refused", 403, Seen.ROSTER), ("token.refused", 400, Seen.TOKEN), ("nrps.refused", 404, None)],
)
def test_calls_of_a_service_are_noted_and_passed_on(
    code: str, status: int, key: Seen | None, lab: TestHouse, notebook: Notebook
) -> None:
    roster = Roster()
    watched = Watched(roster, notebook, Seen.ROSTER, frozenset({"read"}))
    with lab.house.transactions(write=False) as unit:
        registration = unit.registrations.get(REGISTRATION)
    assert watched.name == "roster"
    roster.error = BadgeToolError(code, "It said no.", status=status)
    with pytest.raises(BadgeToolError) as raised:
        watched.read(registration, lab.course)
    assert raised.value is roster.error
    notebook.flush()
    assert [(one.key, one.code) for one in seen(lab).values()] == ([(key, code)] if key else [])
    roster.error = None
    assert watched.read(registration, lab.course) == ["ana"]
    notebook.flush()
    assert seen(lab)[Seen.ROSTER].ok


def test_who_came_for_our_keys_is_known_to_every_process(lab: TestHouse) -> None:
    web, worker = (KeyFetches(lab.house.transactions, lab.clock) for _ in range(2))
    asked = lab.clock.now()
    assert not worker.since(asked)
    serve = web.noting(lambda: {"keys": []})
    assert serve() == {"keys": []}
    assert worker.since(asked)
    lab.clock.pass_time(seconds=1)
    serve()
    assert worker.since(lab.clock.now())  # a fetch within the grain counts for what was asked just before
    lab.clock.pass_time(seconds=30)
    assert not worker.since(lab.clock.now())
    serve()
    assert worker.since(lab.clock.now())
    assert worker.since(asked + timedelta(seconds=10))


def test_our_keys_are_served_when_the_database_is_away(tmp_path: Path, lab: TestHouse) -> None:
    lab.house.engine.dispose()
    (tmp_path / "tool.sqlite3").unlink()
    serve = KeyFetches(lab.house.transactions, lab.clock).noting(lambda: {"keys": []})
    assert serve() == {"keys": []}
