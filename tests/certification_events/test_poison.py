"""Batches with something bad in them, events that break the worker, and what people do about them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy.exc import OperationalError

from lti_tool.bootstrap.workers import Workers
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learner_record import Fact
from lti_tool.usecases.ports import RefusedEvent
from tests.certification_events.looking import awarded, events_page, facts, mend
from tests.factories.house import REGISTRATION, TestHouse

row = pytest.mark.row
POISON = 66.6


class Power(BaseException):
    """Ends a worker as `kill -9` does: nothing of ours runs after it."""


class Venom:
    """Makes every attempt to apply a score of `POISON` end badly, until it is cured."""

    def __init__(self, error: BaseException) -> None:
        self.error: BaseException | None = error
        self.bites = 0

    def bite(self, event: object, received_at: object) -> Fact:
        if self.error is not None and getattr(event, "score", None) == POISON:
            self.bites += 1
            raise self.error.with_traceback(None)  # else each raise of it lengthens the trace that is logged
        return _REAL(event, received_at)  # type: ignore[arg-type]


_REAL = Fact.of


@pytest.fixture
def venom(monkeypatch: pytest.MonkeyPatch) -> Venom:
    made = Venom(RuntimeError("a number that breaks everything"))
    monkeypatch.setattr(Fact, "of", made.bite)
    return made


def work_through(lab: TestHouse, minutes: int = 5) -> None:
    """As the worker does it over some minutes: it dies, its lease runs out, another one takes over."""
    for _ in range(minutes * 4):
        with suppress(Power):
            Workers(lab.house).work_until_idle()
        lab.clock.pass_time(seconds=15)


@row("EV36")
def test_one_bad_entry_of_five_hundred_is_kept_and_the_others_are_applied(lab: TestHouse) -> None:
    good = [lab.score("ana", points / 10, f"e{points}") for points in range(499)]
    bad = RefusedEvent("webhook", "e-bad", "event.score_invalid", "A score must be a number.", '{"score": "85%"}')
    receipt = lab.house.ingest(REGISTRATION, good, tolerant=True, refused=[bad])
    assert (receipt.accepted, receipt.refused) == (499, 1)
    lab.work()
    [kept] = events_page(lab).refused
    assert (kept.event_id, kept.code, kept.body) == ("e-bad", "event.score_invalid", '{"score": "85%"}')
    with lab.house.transactions(write=False) as unit:
        states = {unit.inbox.get(number).state for number in range(1, 500)}  # type: ignore[union-attr]
    assert states == {"applied"}


@row("EV37")
def test_a_batch_that_dies_half_way_is_finished_by_the_next_worker(lab: TestHouse, venom: Venom) -> None:
    lab.publish()
    batch = [lab.module("ana", True, "m"), *[lab.score("ana", 80 + n / 1000, f"e{n}") for n in range(498)]]
    batch.insert(250, lab.score("ben", POISON, "dies"))
    venom.error = Power()
    lab.hear(*batch)
    with pytest.raises(Power):
        Workers(lab.house).work_until_idle()
    venom.error = None
    lab.clock.pass_time(seconds=15)
    Workers(lab.house).work_until_idle()
    with lab.house.transactions(write=False) as unit:
        states = {unit.inbox.get(number).state for number in range(1, 501)}  # type: ignore[union-attr]
    assert states == {"applied"}
    assert awarded(lab) == ["ana"]
    assert len(lab.platform.posts) == 1


@row("EV38")
@pytest.mark.parametrize("death", [RuntimeError("broken"), Power()], ids=["raises", "kills"])
def test_a_poisonous_event_is_set_aside_and_delays_nobody(lab: TestHouse, venom: Venom, death: BaseException) -> None:
    lab.publish()
    venom.error = death
    lab.hear(lab.score("ben", POISON, "poison"), *[event for name in ("ana", "cleo")
             for event in (lab.score(name, 90), lab.module(name))])  # fmt: skip
    # Together it kills, alone it kills again, and then it goes last: its neighbours wait for two leases at most.
    for _ in range(3 if isinstance(death, Power) else 1):
        with suppress(Power):
            Workers(lab.house).work_until_idle()
        if awarded(lab) != ["ana", "cleo"]:
            lab.clock.pass_time(seconds=10)
    assert awarded(lab) == ["ana", "cleo"]
    work_through(lab)
    assert venom.bites <= 5
    [dead] = events_page(lab).dead
    assert (dead.event.event_id, dead.tries) == ("poison", 5)
    assert dead.reason.startswith("RuntimeError: broken" if isinstance(death, RuntimeError) else "event.crashed")
    bites = venom.bites
    work_through(lab, 2)
    assert venom.bites == bites, "nothing tries it again by itself"


@row("EV39")
def test_a_dead_event_that_is_mended_is_applied_once(lab: TestHouse, venom: Venom) -> None:
    lab.hear(lab.score("ben", POISON, "poison"))
    work_through(lab)
    [dead] = events_page(lab).dead
    assert facts(lab, "ben") == []
    venom.error = None
    assert mend(lab).replay(REGISTRATION, [dead.id]) == 1
    lab.work()
    assert [fact.score for fact in facts(lab, "ben")] == [POISON]
    assert events_page(lab).dead == []
    with pytest.raises(BadgeToolError, match=r"event\.not_dead"):
        mend(lab).replay(REGISTRATION, [dead.id])
    assert mend(lab).replay(REGISTRATION) == 0


@row("EV39")
def test_a_dead_event_that_is_not_mended_dies_again(lab: TestHouse, venom: Venom) -> None:
    lab.hear(lab.score("ben", POISON, "poison"))
    work_through(lab)
    assert mend(lab).replay(REGISTRATION) == 1
    work_through(lab)
    assert [one.tries for one in events_page(lab).dead] == [5]
    assert venom.bites == 10


def test_what_somebody_looked_into_is_shown_again_only_when_it_comes_again(lab: TestHouse) -> None:
    bad = RefusedEvent("webhook", "e", "event.time_invalid", "No time.", "{}")
    lab.house.ingest.refuse(REGISTRATION, [bad])
    [shown] = events_page(lab).refused
    mend(lab).settle(REGISTRATION, shown.id)
    assert events_page(lab).refused == []
    lab.house.ingest.refuse(REGISTRATION, [bad])
    assert [one.times for one in events_page(lab).refused] == [2]
    for platform in ("unknown", REGISTRATION):
        with pytest.raises(BadgeToolError):
            mend(lab).settle(platform, shown.id + 1)


def test_the_database_being_away_is_no_fault_of_the_event(lab: TestHouse, venom: Venom) -> None:
    venom.error = OperationalError("SELECT 1", {}, Exception("the server is away"))
    lab.hear(lab.score("ben", POISON, "poison"), lab.score("ana", 90))
    work_through(lab, 10)
    assert events_page(lab).dead == []
    venom.error = None
    work_through(lab, 20)
    assert [fact.score for fact in facts(lab, "ben")] == [POISON]
