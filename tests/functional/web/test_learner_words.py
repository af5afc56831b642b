"""Reason trees, values and times as words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.criteria import Criteria, Group, Requirement
from lti_tool.domain.evaluation import Outcome, evaluate
from lti_tool.domain.learner_record import Fact, LearnerRecord
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity
from lti_tool.usecases.names import CourseNames
from lti_tool.web.present.reasons import ReasonRow, observed_value, open_leaves, progress, reason_row
from lti_tool.web.present.times import ago, day, when_due

NOW = datetime(2026, 9, 15, 12, 0, tzinfo=UTC)
NAMES = CourseNames({("item", "q"): Activity("q", "item", "Quiz", 100.0, url="https://lms.example/q")}, {})
QUIZ = Requirement(FactKind.ITEM_SCORE, "q", 80.0)


def fact(kind: FactKind, target: str = "q", **values: object) -> Fact:
    known = {"score": None, "maximum": None, "completed": None} | values
    return Fact(kind=kind, target=target, occurred_at=NOW, order="", source="webhook", received_at=NOW, **known)


def row_of(criteria: Criteria, *facts: Fact) -> ReasonRow:
    return reason_row(evaluate(criteria, LearnerRecord.fold(facts)), NAMES)


@pytest.mark.parametrize(
    ("known", "word", "observed", "note"),
    [
        ((), "Not known yet", "", "The learning platform has said nothing about this yet."),
        ((fact(FactKind.ITEM_SCORE, score=62.0, maximum=100.0),), "Not yet", "62 of 100 (62 %)", ""),
        ((fact(FactKind.ITEM_SCORE, score=16.0, maximum=20.0),), "Done", "16 of 20 (80 %)", ""),
        (
            (fact(FactKind.ITEM_SCORE, maximum=100.0),),
            "Waiting",
            "no grade",
            "The grade was taken back. Waiting for a new one.",
        ),
        (
            (fact(FactKind.ITEM_SCORE, score=5.0),),
            "Not known yet",
            "5 points",
            "The learning platform did not say what the full mark is.",
        ),
    ],
)
def test_score(known: tuple[Fact, ...], word: str, observed: str, note: str) -> None:
    row = row_of(QUIZ, *known)
    assert (row.word, row.observed, row.note) == (word, observed, note)
    assert row.required == "at least 80 %"
    assert row.url == "https://lms.example/q"


def test_approval_waits_for_the_teacher() -> None:
    assert row_of(Requirement(FactKind.MANUAL_APPROVAL)).word == "Waiting"
    assert row_of(Requirement(FactKind.BADGE_HELD, "other")).word == "Not yet"
    assert observed_value(fact(FactKind.ITEM_COMPLETION, completed=False)) == "not completed"


@pytest.mark.parametrize(
    ("group", "text"),
    [
        (Group("all", (QUIZ,)), "This one"),
        (Group("all", (QUIZ, QUIZ)), "Both of these"),
        (Group("all", (QUIZ, QUIZ, QUIZ)), "All 3 of these"),
        (Group("any", (QUIZ, QUIZ)), "Any one of these"),
        (Group("at_least", (QUIZ, QUIZ, QUIZ), 2), "At least 2 of these 3"),
        (Group("at_least", (QUIZ, QUIZ), 2), "Both of these"),
    ],
)
def test_joiner(group: Group, text: str) -> None:
    assert row_of(group).text == text


_LEAVES = st.sampled_from([QUIZ, Requirement(FactKind.MANUAL_APPROVAL), Requirement(FactKind.ITEM_COMPLETION, "c")])
_TREES = st.recursive(
    _LEAVES,
    lambda parts: st.builds(
        lambda joiner, inner: Group(joiner, tuple(inner), 1 if joiner == "at_least" else 0),
        st.sampled_from(["all", "any", "at_least"]),
        st.lists(parts, min_size=1, max_size=4),
    ),
    max_leaves=12,
)
_FACTS = st.lists(
    st.sampled_from(
        [
            fact(FactKind.ITEM_SCORE, score=90.0, maximum=100.0),
            fact(FactKind.ITEM_SCORE, score=10.0, maximum=100.0),
            fact(FactKind.MANUAL_APPROVAL, "", completed=True),
            fact(FactKind.ITEM_COMPLETION, "c", completed=True),
        ]
    )
)


@given(_TREES, _FACTS)
def test_something_is_open_exactly_while_the_whole_is_not_done(tree: Criteria, facts: list[Fact]) -> None:
    reason = evaluate(tree, LearnerRecord.fold(facts))
    row = reason_row(reason, NAMES)
    assert bool(open_leaves(row)) == (reason.outcome is not Outcome.MET)
    assert all(leaf.tone != "done" and not leaf.parts for leaf in open_leaves(row))
    done, needed = progress(reason)
    assert 0 <= done <= needed
    assert (done == needed) == (reason.outcome is Outcome.MET)
    assert len(list(_leaves(row))) == len(list(reason.leaves()))


def _leaves(row: ReasonRow) -> Iterator[ReasonRow]:
    if not row.parts:
        yield row
    for part in row.parts:
        yield from _leaves(part)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=14), "on 1 September 2026"),
    ],
)
def test_ago(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, NOW) == words


def test_days() -> None:
    assert ago(None, NOW) == "never"
    assert day(NOW) == "15 September 2026"


def test_what_is_overdue_has_no_time_to_come() -> None:
    assert when_due(NOW + timedelta(minutes=5), NOW) == "at 12:05 UTC"
    assert when_due(NOW, NOW) == when_due(NOW - timedelta(hours=1), NOW) == "due now"
