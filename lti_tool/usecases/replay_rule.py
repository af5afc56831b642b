"""replay_rule: the events of a course once more, in a sandbox, against a changed rule. Nothing is written.

What was heard is in the inbox; what people decided (approvals, evidence) and badges that were held stand in the record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.domain import criteria as rule
from lti_tool.domain.award import AwardState
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.sentence import criteria_sentence
from lti_tool.domain.time_machine import first_met
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.find_learner import LearnerNames, course_names
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class Replayed:
    """`had_at`: when she was awarded, `would_at`: when she would have met the rule. None: not at all."""

    person: Person
    had_at: datetime | None
    would_at: datetime | None


@dataclass(frozen=True, slots=True)
class Replay:
    """`statements`: how many were replayed, the first of them heard at `since`."""

    sentence: str
    learners: list[Replayed]
    statements: int
    since: datetime | None

    @property
    def would_have(self) -> list[Replayed]:
        """Who has not got the badge, and would have."""
        return [one for one in self.learners if one.had_at is None and one.would_at is not None]

    @property
    def would_not(self) -> list[Replayed]:
        """Who has got the badge, and would not have."""
        return [one for one in self.learners if one.had_at is not None and one.would_at is None]

    @property
    def both(self) -> list[Replayed]:
        return [one for one in self.learners if one.had_at is not None and one.would_at is not None]


class ReplayRule:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def __call__(self, course_id: str, achievement_id: str, criteria: Any = None) -> Replay:
        """Of all who can earn badges in the course or have this one. `criteria` None: the rule as it is stored. Raises
        `achievement.unknown`, `achievement.no_criteria`, `criteria.*`."""
        with self._transactions(write=False) as unit:
            badge = achievement_of_course(unit, course_id, achievement_id)
            tree = rule.parse(criteria) if criteria is not None else badge.criteria
            course = unit.courses.get(course_id)
            assert course is not None
            names = CourseNames.load(unit, course_id, also=tree)
            awards = unit.awards.of_achievement(achievement_id)
            had = {one.person_id: one.decided_at for one in awards if one.state is not AwardState.REVOKED}
            people = [
                person
                for person, enrolment in unit.people.enrolled(course_id)
                if is_eligible(enrolment) or person.id in had
            ]
            heard: dict[str, list[Fact]] = {}
            for person_id, fact in _statements(unit, course):
                heard.setdefault(person_id, []).append(fact)
        if tree is None:
            return Replay("", [], 0, None)
        learners = [
            Replayed(one, had.get(one.id), first_met(tree, achievement_id, heard.get(one.id, ()))) for one in people
        ]
        told = [fact for facts in heard.values() for fact in facts]
        since = min((fact.received_at for fact in told), default=None)
        return Replay(criteria_sentence(tree, names), learners, len(told), since)


def _statements(unit: UnitOfWork, course: Course) -> Iterator[tuple[str, Fact]]:
    """(person id, what was said of her), each once."""
    learners, seen = LearnerNames(unit, course), set()
    for stored in unit.inbox.applied(course.registration_id, course_names(unit, course)):
        if stored.event.deployment_id in (None, "", course.deployment_id):
            person = learners.find(stored.event.subject_kind, stored.event.subject)
            if person is not None:
                fact = Fact.of(stored.event, stored.received_at)
                seen.add((person.id, fact.key, fact.rank))
                yield person.id, fact
    for person_id, record in unit.records.of_course(course.id).items():
        for fact in record:
            if (person_id, fact.key, fact.rank) not in seen:
                yield person_id, fact
