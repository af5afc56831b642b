"""What follows from a grade or a completion."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.sandbox.course import ACTIVITIES, GRADED, MODULES, SAFETY_QUIZ, mark
from lti_tool.sandbox.rules import Happening, Progress, completed_modules, course_total, happenings

sets_of_activities = st.frozensets(st.sampled_from(sorted(ACTIVITIES)))
grades = st.dictionaries(st.sampled_from([each.id for each in GRADED]), st.floats(0, 50))


def told(before: Progress, after: Progress, graded: str | None = None) -> list[tuple[str, str]]:
    return [(each.type, each.target) for each in happenings(before, after, graded)]


@given(sets_of_activities)
def test_a_module_is_complete_exactly_when_all_its_activities_are(completed: frozenset[str]) -> None:
    for module in MODULES:
        missing = [each.id for each in module.activities if each.id not in completed]
        assert (module.id in completed_modules(completed)) == (not missing)


@given(sets_of_activities, sets_of_activities)
def test_every_change_of_completion_is_told_once_and_nothing_else(
    before: frozenset[str], after: frozenset[str]
) -> None:
    changes = happenings(Progress(completed=before), Progress(completed=after))
    items = {each.target: each.completed for each in changes if each.type == "item.completed"}
    modules = {each.target: each.completed for each in changes if each.type == "module.completed"}
    assert items == {each: each in after for each in before ^ after}
    was, now = completed_modules(before), completed_modules(after)
    assert modules == {each: each in now for each in was ^ now}
    assert len(changes) == len(items) + len(modules)


@given(grades)
def test_the_course_total_counts_only_what_is_graded(scores: dict[str, float]) -> None:
    total = course_total(scores)
    if not scores:
        assert total is None
    else:
        assert total == (sum(scores.values()), sum(ACTIVITIES[each].maximum or 0 for each in scores))


def test_a_quiz_attempt_that_finishes_its_module_tells_all_four() -> None:
    before = Progress(completed=frozenset({"reading-rules"}))
    after = Progress({"quiz-safety": 80.0}, frozenset({"reading-rules", "quiz-safety"}))
    assert told(before, after, "quiz-safety") == [
        ("item.scored", "quiz-safety"),
        ("item.completed", "quiz-safety"),
        ("module.completed", "module-1"),
        ("course.graded", ""),
    ]


def test_a_regrade_tells_the_grades_but_no_completion() -> None:
    done = frozenset({"reading-rules", "quiz-safety"})
    changes = happenings(Progress({"quiz-safety": 80.0}, done), Progress({"quiz-safety": 60.0}, done), "quiz-safety")
    assert changes == [
        Happening("item.scored", "quiz-safety", 60.0, 100),
        Happening("course.graded", "", 60.0, 100),
    ]


def test_a_withdrawn_grade_is_told_without_a_score() -> None:
    changes = happenings(Progress({"quiz-safety": 80.0}), Progress(), "quiz-safety")
    assert changes == [
        Happening("item.scored", "quiz-safety", None, 100),
        Happening("course.graded", "", None, None),
    ]


def test_the_quiz_gives_twenty_points_for_each_right_answer() -> None:
    right = {number: question.right for number, question in enumerate(SAFETY_QUIZ.questions)}
    assert mark(SAFETY_QUIZ, right) == 100
    assert mark(SAFETY_QUIZ, {**right, 0: 2}) == 80
    assert mark(SAFETY_QUIZ, {}) == 0
