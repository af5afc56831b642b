"""The same event again, another event of the same id, and histories in any order."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.award import Flag
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import FactKind, LearningEvent
from tests.certification_events.looking import awarded, awards, events_page, facts, score
from tests.factories.house import REGISTRATION, TestHouse

row = pytest.mark.row
COPIES = 100


@row("EV11")
def test_the_same_event_again_has_no_effect(lab: TestHouse) -> None:
    lab.publish()
    history = [lab.score("ana", 85, "e1"), lab.module("ana", True, "e2")]
    assert lab.house.ingest(REGISTRATION, history).accepted == 2
    lab.work()
    before = (facts(lab, "ana"), awards(lab))
    again = lab.house.ingest(REGISTRATION, history)
    lab.work()
    assert (again.accepted, again.repeated, (facts(lab, "ana"), awards(lab))) == (0, 2, before)


@row("EV12")
def test_the_same_id_with_another_body_is_kept_and_shown_and_changes_nothing(lab: TestHouse) -> None:
    lab.hear(lab.score("ana", 85, "e1"))
    for _ in range(3):
        with pytest.raises(BadgeToolError) as refused:
            lab.hear(lab.module("ana", True, "e2"), lab.score("ana", 99, "e1"))
        assert (refused.value.code, refused.value.status) == ("event.id_conflict", 409)
    lab.work()
    assert [fact.score for fact in facts(lab, "ana")] == [85]
    [kept] = events_page(lab).refused
    assert (kept.code, kept.event_id, kept.times) == ("event.id_conflict", "e1", 3)
    assert "99" in kept.body


@row("EV13")
def test_the_same_fact_under_another_id_awards_nothing_new(lab: TestHouse) -> None:
    lab.publish()
    lab.hear(lab.score("ana", 85, "e1"), lab.module("ana", True, "e2"))
    lab.work()
    [award] = awards(lab)
    posts = list(lab.platform.posts)
    lab.hear(lab.score("ana", 85, "other-1"), lab.module("ana", True, "other-2"))
    lab.work()
    assert (awards(lab), lab.platform.posts) == ([award], posts)


@row("EV14")
def test_a_hundred_copies_at_once_are_one_row(lab: TestHouse) -> None:
    event, receipts, start = lab.score("ana", 85, "e1"), [], threading.Barrier(10)

    def send() -> None:
        start.wait(30)
        receipts.extend(lab.house.ingest(REGISTRATION, [event]) for _ in range(COPIES // 10))

    senders = [threading.Thread(target=send) for _ in range(10)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert len(receipts) == COPIES
    assert sum(receipt.accepted for receipt in receipts) == 1
    assert sum(receipt.repeated for receipt in receipts) == COPIES - 1


@row("EV16")
def test_a_completion_before_its_score_ends_in_the_same_state(lab: TestHouse) -> None:
    lab.publish()
    lab.hear(lab.module("ana"))
    lab.work()
    lab.hear(lab.score("ana", 85))
    lab.work()
    lab.hear(lab.score("ben", 85))
    lab.work()
    lab.hear(lab.module("ben"))
    lab.work()
    ana, ben = ([(fact.key, fact.score, fact.completed) for fact in facts(lab, name)] for name in ("ana", "ben"))
    assert sorted(ana) == sorted(ben)
    assert awarded(lab) == ["ana", "ben"]


@row("EV17")
def test_a_lower_grade_after_the_award_asks_once_and_keeps_the_badge(lab: TestHouse) -> None:
    lab.publish()
    lab.hear(lab.score("ana", 85), lab.module("ana"))
    lab.work()
    lab.clock.pass_time(minutes=1)
    lower = lab.score("ana", 40, "lower")
    for _ in range(3):
        lab.hear(lower)
        lab.work()
    [award] = awards(lab)
    assert (award.flag, award.state) == (Flag.REGRADED, "issued")
    with lab.house.transactions(write=False) as unit:
        assert [entry.action for entry in unit.awards.history(award.id)].count("flagged") == 1


@row("EV18")
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_up_down_up_in_any_order_ends_with_the_last(lab: TestHouse, order: tuple[int, ...]) -> None:
    moment = lab.clock.now()
    history = [
        lab.score("ana", given, f"e{number}", at=moment + timedelta(minutes=number))
        for number, given in enumerate((85, 30, 90))
    ]
    lab.clock.pass_time(hours=1)
    for number in order:
        lab.hear(history[number])
        lab.work()
    assert score(lab, "ana") == 90


@row("EV19")
def test_of_equal_times_the_same_one_counts_whoever_comes_first(lab: TestHouse) -> None:
    for names in (("ana", (60, 70)), ("ben", (70, 60))):
        subject, given_points = names
        for points in given_points:
            lab.hear(lab.score(subject, points, f"{subject}-{points}"))
            lab.work()
    assert score(lab, "ana") == score(lab, "ben")


@row("EV20")
@pytest.mark.parametrize("moment", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 9, 1, 8, 0)])  # noqa: DTZ001
def test_a_time_that_cannot_be_is_refused_by_the_event_itself(moment: datetime) -> None:
    with pytest.raises(BadgeToolError) as refused:
        LearningEvent("e", "webhook", "c", "ana", FactKind.ITEM_SCORE, "q", moment, score=1, maximum=2)
    assert (refused.value.code, refused.value.status) == ("event.time_invalid", 422)


def _score(at: datetime, points: float) -> Fact:
    event = LearningEvent("e", "webhook", "c", "ana", FactKind.ITEM_SCORE, "q", at, score=points, maximum=100)
    return Fact.of(event, datetime(2026, 12, 1, tzinfo=UTC))


@row("EV21")
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
    st.integers(-14 * 60, 14 * 60),
    st.integers(0, 7200),
)
def test_the_same_instant_counts_the_same_in_every_zone(moment, first_zone, second_zone, later) -> None:
    """Also in the hours that a change of clocks repeats: what counts is the instant, never the hour on the wall."""
    early = moment.replace(tzinfo=UTC)
    late = early + timedelta(seconds=later)
    zones = [timezone(timedelta(minutes=minutes)) for minutes in (first_zone, second_zone)]
    told = [_score(early.astimezone(zones[0]), 10), _score(late.astimezone(zones[1]), 90)]
    utc = [_score(early, 10), _score(late, 90)]
    assert LearnerRecord.fold(told) == LearnerRecord.fold(utc) == LearnerRecord.fold(reversed(told))


@row("EV28")
@pytest.mark.parametrize("points", [-1.0, float("nan"), float("inf")])
def test_a_score_that_is_no_number_of_points_is_refused(lab: TestHouse, points: float) -> None:
    with pytest.raises(BadgeToolError) as refused:
        lab.score("ana", points)
    assert (refused.value.code, refused.value.status) == ("event.score_invalid", 422)


@row("EV29")
def test_a_score_out_of_nothing_is_refused() -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    with pytest.raises(BadgeToolError) as refused:
        LearningEvent("e", "webhook", "c", "ana", FactKind.ITEM_SCORE, "q", at, score=1, maximum=0)
    assert refused.value.code == "event.score_invalid"
