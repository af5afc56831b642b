"""Whom to ask about completion: those whose grades moved, and everybody in turn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.sources.moodle.progress import Progress, moved_since, plan

SUBJECTS = st.sets(st.integers(1, 400).map(str), max_size=40)


def test_those_who_moved_come_first_and_the_others_take_turns() -> None:
    made = plan(["1", "2", "3", "4", "5"], {"4"}, after="2", limit=3)
    assert (made.first, made.turn) == (("4",), ("3", "5"))


def test_the_round_begins_again_at_its_end() -> None:
    assert plan(["1", "2", "3"], set(), after="3", limit=2).ask == ("1", "2")
    assert plan(["1", "2", "3"], set(), after="9", limit=5).ask == ("1", "2", "3")


def test_those_who_moved_and_are_not_asked_for_are_left_alone() -> None:
    assert plan(["1"], {"2"}, after="").ask == ("1",)


def test_moved_means_newer_than_all_that_was_known() -> None:
    assert moved_since({"1": 5, "2": 6, "3": 0}, since=5) == {"2"}
    assert moved_since({"1": 5, "3": 0}, since=0) == {"1"}


def test_progress_moves_only_past_what_was_answered() -> None:
    before = Progress(10, "2")
    made = plan(["1", "2", "3", "4"], {"4"}, after="2", limit=3)
    assert made.carried_out(before, 20, {"4", "3", "1"}) == Progress(20, "1")
    assert made.carried_out(before, 20, {"4", "3"}) == Progress(20, "3")
    assert made.carried_out(before, 20, {"4"}) == Progress(20, "2")
    assert made.carried_out(before, 20, set()) == before


@given(st.integers(0, 2**40), st.text())
def test_a_cursor_is_read_as_it_was_written(since: int, after: str) -> None:
    assert Progress.parse(Progress(since, after).text()) == Progress(since, after)


@pytest.mark.parametrize("cursor", ["", "feed:17", "moodle:", "moodle:[]", "moodle:{}", 'moodle:{"since": "x"}', "17"])
def test_a_foreign_or_broken_cursor_starts_anew(cursor: str) -> None:
    assert Progress.parse(cursor) == Progress()


@given(SUBJECTS, SUBJECTS, st.text("0123456789", max_size=3), st.integers(1, 20))
def test_nobody_twice_and_never_more_than_the_limit(
    subjects: set[str], moved: set[str], after: str, limit: int
) -> None:
    ask = plan(subjects, moved, after, limit).ask
    assert len(ask) == len(set(ask)) == min(limit, len(subjects))
    assert set(ask) <= subjects


@given(SUBJECTS, st.sets(st.integers(1, 400).map(str)), st.integers(1, 9))
def test_everybody_is_heard_even_if_many_always_move(subjects: set[str], moved: set[str], limit: int) -> None:
    heard: set[str] = set()
    progress = Progress()
    moving = sorted(moved & subjects)[: limit - 1]
    for _ in range(len(subjects) + 1):
        made = plan(subjects, moving, progress.after, limit)
        heard |= set(made.ask)
        progress = made.carried_out(progress, 1, made.ask)
    assert heard == subjects


@given(st.sets(st.integers(1, 400).map(str), min_size=10, max_size=40))
def test_everybody_is_heard_even_if_all_always_move(subjects: set[str]) -> None:
    heard: set[str] = set()
    progress = Progress()
    for _ in range(len(subjects)):
        made = plan(subjects, subjects, progress.after, 5)
        heard |= set(made.ask)
        progress = made.carried_out(progress, 1, made.ask)
    assert heard == subjects
