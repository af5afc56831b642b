"""Submissions and enrolments: what learners handed in, and which grades they got.

- A grade that is not posted is hidden: that it exists is kept, its value is not.
- A quiz of which a teacher still has to judge an answer ("pending_review") is not graded yet.
- An assignment from which a learner is excused counts neither for nor against her.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from lti_tool.domain.canvas_ids import local_form, section_target
from lti_tool.domain.learning_event import LONGEST_LETTER, FactKind, GradeVariant, Standing
from lti_tool.domain.platform import Activity
from lti_tool.sources.canvas_rest.rows import Id, Number, Row, Time, Words, read_rows
from lti_tool.sources.canvas_rest.statements import Statements
from lti_tool.sources.canvas_rest.structure import Assignment
from lti_tool.sources.values import title

STUDENT = "StudentEnrollment"
# Course grades are percents in Canvas.
WHOLE = 100.0


class Submission(Row):
    assignment_id: Id
    user_id: Id
    score: Number | None = None
    grade: Words | None = None
    graded_at: Time | None = None
    posted_at: Time | None = None
    submitted_at: Time | None = None
    workflow_state: str = ""
    excused: bool | None = None
    late: bool | None = None

    @property
    def moved_at(self) -> datetime | None:
        """When the grade last moved; that it is shown is a move, too."""
        return max(filter(None, (self.graded_at, self.posted_at)), default=None)

    @property
    def is_graded(self) -> bool:
        return self.score is not None or bool(self.grade)


class _OfStudent(Row):
    user_id: Id
    submissions: list[Any]


class _Grades(Row):
    current_score: Number | None = None
    final_score: Number | None = None
    override_score: Number | None = None
    current_grade: Words | None = None
    final_grade: Words | None = None
    override_grade: Words | None = None


class Enrolment(Row):
    user_id: Id
    type: str
    enrollment_state: str = ""
    created_at: Time | None = None
    course_section_id: Id | None = None
    sis_section_id: Words | None = None
    grades: _Grades | None = None


def ungrouped(rows: Iterable[Any]) -> list[Any]:
    """The submissions of an answer that is grouped by student."""
    return [row for student in read_rows(_OfStudent, rows) for row in student.submissions]


def read_submissions(
    rows: Iterable[Any], assignments: Mapping[int, Assignment], learners: Collection[int], say: Statements
) -> datetime | None:
    """Says the grades and submissions of learners; gives when the newest grade was given, by Canvas's clock.

    Who is no learner (the test student, of whom Canvas tells here as well) is left out.
    """
    newest: datetime | None = None
    for row in read_rows(Submission, rows):
        newest = max(filter(None, (newest, row.graded_at)), default=None)
        assignment = assignments.get(row.assignment_id)
        if assignment is None or row.user_id not in learners:
            continue
        _say_submitted(row, assignment, say)
        _say_score(row, assignment, say)
    return newest


def _say_submitted(row: Submission, assignment: Assignment, say: Statements) -> None:
    at, target = row.submitted_at, assignment.target
    late = bool(row.late) if at is not None else None
    say.say(
        row.user_id, FactKind.ITEM_SUBMISSION, target, at, completed=at is not None, late=late, submitted_at=at
    )  # fmt: skip


def _say_score(row: Submission, assignment: Assignment, say: Statements) -> None:
    standing = _standing(row)
    shows = not standing and row.is_graded
    say.say(
        row.user_id,
        FactKind.ITEM_SCORE,
        assignment.target,
        row.moved_at,
        score=row.score if shows else None,
        maximum=assignment.maximum if shows else None,
        letter=_letter(row.grade) if shows else "",
        standing=standing,
    )


def _standing(row: Submission) -> Standing:
    if row.excused:
        return Standing.EXCUSED
    if not row.is_graded:
        return Standing.COUNTS
    if row.workflow_state == "pending_review":
        return Standing.UNGRADED
    return Standing.COUNTS if row.posted_at is not None else Standing.HIDDEN


def _letter(grade: Words | None) -> str:
    """The grade in words; a number is the score again."""
    text = (grade or "").strip()
    try:
        float(text.rstrip("%"))
    except ValueError:
        return text if len(text) <= LONGEST_LETTER and text.isprintable() else ""
    return ""


def learners_of(rows: Iterable[Any]) -> list[Enrolment]:
    """Students alone: the test student's view has an enrolment of another type."""
    return [row for row in read_rows(Enrolment, rows) if row.type == STUDENT]


def say_course_grades(enrolments: Iterable[Enrolment], say: Statements) -> None:
    """Of each learner once: who is in two sections has the same grades twice. Only posted grades are in them."""
    told: set[int] = set()
    for row in enrolments:
        if row.user_id in told:
            continue
        told.add(row.user_id)
        say.say(row.user_id, FactKind.ENROLMENT, "", row.created_at, completed=row.enrollment_state == "active")
        grades = row.grades or _Grades()
        for variant, score, grade in (
            (GradeVariant.CURRENT, grades.current_score, grades.current_grade),
            (GradeVariant.FINAL, grades.final_score, grades.final_grade),
            (GradeVariant.OVERRIDE, grades.override_score, grades.override_grade),
        ):
            say.say(
                row.user_id,
                FactKind.COURSE_GRADE,
                "",
                None,
                score=score,
                maximum=None if score is None else WHOLE,
                letter=_letter(grade),
                variant=variant.value,
            )


def say_sections(enrolments: Sequence[Enrolment], say: Statements) -> list[Activity]:
    """In which sections each learner is, and in which of the others she is not. Gives the sections, by their number in
    the student information system where Canvas tells it: their names only another right of the API would tell."""
    sections: dict[int, str] = {}
    members: dict[int, set[int]] = {}
    for row in enrolments:
        theirs = members.setdefault(row.user_id, set())
        if row.course_section_id is not None:
            number = row.course_section_id
            sections[number] = title(row.sis_section_id) or sections.get(number) or f"Section {local_form(number)}"
            if row.enrollment_state == "active":
                theirs.add(number)
    for user_id, theirs in members.items():
        for number in sections:
            target = section_target(number)
            say.say(user_id, FactKind.GROUP_MEMBERSHIP, target, None, completed=number in theirs)
    return [Activity(section_target(number), "group", name) for number, name in sections.items()]
