"""Whom to ask about completion: those who were graded or were there, and everybody in turn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.sources.moodle.progress import BLIND_TURN, OVERLAP, ROUND, Progress, plan, turn_of

SUBJECTS = st.sets(st.integers(1, 400).map(str), max_size=40)
DAY = 86_400


def test_those_who_moved_come_first_and_the_others_take_turns() -> None:
    made = plan(["1", "2", "3", "4", "5"], Progress(after="2"), {"4"}, turn=2)
    assert (made.first, made.turn) == (("4",), ("3", "5"))


def test_the_round_begins_again_at_its_end() -> None:
    assert plan(["1", "2", "3"], Progress(after="3"), set(), turn=2).ask == ("1", "2")
    assert plan(["1", "2", "3"], Progress(after="9"), set(), turn=5).ask == ("1", "2", "3")


def test_those_who_moved_and_are_not_asked_for_are_left_alone() -> None:
    assert plan(["1"], Progress(pending=("3",)), {"2"}, turn=1).ask == ("1",)


def test_who_cannot_be_asked_about_now_waits_and_is_next() -> None:
    made = plan(["1", "2", "3", "4"], Progress(pending=("4",)), {"1", "2", "3"}, turn=9, limit=2)
    assert (made.ask, made.later) == (("4", "1"), ("2", "3"))
    after = made.carried_out(Progress(), {"1": 7}, {"4"}, now=1000, unsettled=60)
    assert after.pending == ("1", "2", "3")


def test_moved_means_a_sign_that_was_not_known() -> None:
    assert Progress(since=5).moved({"1": 5 - OVERLAP, "2": 6, "3": 0}) == {"2"}
    assert Progress().moved({"1": 5, "3": 0}) == {"1"}
    known = Progress(since=5000, recent={"1": 5000, "2": 4990})
    # 3 was graded before the newest sign, and stored after it.
    assert known.moved({"1": 5000, "2": 4995, "3": 4992}) == {"2", "3"}


def test_who_was_there_a_moment_ago_is_asked_about_once_more() -> None:
    """Moodle notes an access once a minute: what she did after it gives no other sign."""
    signs = {"1": 995, "2": 900}
    first = plan(["1", "2"], Progress(), {"1", "2"}, turn=0)
    after = first.carried_out(Progress(), signs, {"1", "2"}, now=1000, unsettled=60)
    assert after.moved(signs) == {"1"}
    again = plan(["1", "2"], after, {"1"}, turn=0).carried_out(after, signs, {"1"}, now=1300, unsettled=60)
    assert again.moved(signs) == frozenset()


def test_progress_moves_only_past_what_was_answered() -> None:
    before = Progress(10, after="2", turned_at=5)
    made = plan(["1", "2", "3", "4"], before, {"4"}, turn=2)
    assert made.carried_out(before, {"4": 20}, {"4", "3", "1"}, 90, 0).after == "1"
    assert made.carried_out(before, {"4": 20}, {"4", "3"}, 90, 0).after == "3"
    assert made.carried_out(before, {"4": 20}, {"4"}, 90, 0).turned_at == 5
    assert made.carried_out(before, {"4": 20}, set(), 90, 0).pending == ("4",)


def test_everybody_is_asked_about_within_a_week_where_moodle_tells_who_was_there() -> None:
    assert turn_of(1000, Progress(), 10 * DAY, is_blind=False) == 0
    assert turn_of(1000, Progress(turned_at=DAY), 2 * DAY, is_blind=False) == 142
    assert turn_of(1000, Progress(turned_at=DAY), DAY + 300, is_blind=False) == 0
    assert turn_of(1000, Progress(turned_at=1), int(3 * ROUND), is_blind=False) == 1000
    assert turn_of(1000, Progress(turned_at=DAY), DAY + 300, is_blind=True) == BLIND_TURN


@given(
    st.integers(0, 2**40),
    st.dictionaries(st.text(), st.integers(0, 2**40)),
    st.lists(st.text()),
    st.text(),
    st.integers(0, 2**40),
)
def test_a_cursor_is_read_as_it_was_written(since, recent, pending, after, turned_at) -> None:
    progress = Progress(since, recent, tuple(pending), after, turned_at)
    assert Progress.parse(progress.text()) == progress


@pytest.mark.parametrize(
    "cursor",
    ["", "feed:17", "moodle:", "moodle:[]", "moodle:{}", 'moodle:{"since": "x"}', "17",
     'moodle:{"since": 5, "after": "7"}',
     'moodle:{"since": 1, "recent": [], "pending": 3, "after": "", "turned_at": 0}'],
)  # fmt: skip
def test_a_foreign_or_broken_cursor_starts_anew(cursor: str) -> None:
    assert Progress.parse(cursor) == Progress()


@given(SUBJECTS, SUBJECTS, st.lists(st.integers(1, 400).map(str), max_size=5), st.text("0123456789", max_size=3))
def test_nobody_twice_and_never_more_than_the_limit(subjects, moved, pending, after) -> None:
    made = plan(subjects, Progress(pending=tuple(pending), after=after), moved, turn=5, limit=9)
    assert len(made.ask) == len(set(made.ask)) <= 9
    assert set(made.ask) <= subjects
    assert set(made.first) | set(made.later) == (moved | set(pending)) & subjects


@given(SUBJECTS, SUBJECTS, st.integers(1, 9))
def test_everybody_who_moved_is_asked_about_whatever_moves_meanwhile(subjects, moving, limit) -> None:
    everyone, heard, progress, now = subjects | moving, set(), Progress(), 0
    for _ in range(2 * len(everyone) + 2):
        now += 300
        signs = dict.fromkeys(moving, now) | dict.fromkeys(everyone - moving, 1)
        made = plan(everyone, progress, progress.moved(signs), turn=0, limit=limit)
        heard |= set(made.ask)
        progress = made.carried_out(progress, signs, made.ask, now, 0)
    assert heard == everyone


@given(st.sets(st.integers(1, 400).map(str), min_size=1, max_size=40))
def test_without_a_sign_of_anybody_the_turn_reaches_all(subjects: set[str]) -> None:
    heard: set[str] = set()
    progress = Progress()
    for number in range(len(subjects)):
        made = plan(subjects, progress, (), turn=5)
        heard |= set(made.ask)
        progress = made.carried_out(progress, {}, made.ask, number, 0)
    assert heard == subjects
