"""What the ledger says: whether its chains are whole, and all of one learner's badge for an appeal."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.errors import NotFound
from lti_tool.domain.identity import Course, Person
from lti_tool.domain.ledger import Entry, Fault, Head, check_chain
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.ledger_states import differing_awards
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """`ends`: where each course's chain ends; `faults` is empty where all are whole."""

    ends: dict[str, Head]
    entries: int
    faults: list[Fault]


class VerifyLedger:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def __call__(self) -> LedgerReport:
        """Reads every chain from its first entry to its last, and holds the awards against it. Changes nothing, and
        keeps nobody waiting."""
        faults: list[Fault] = []
        with self._transactions(write=False) as unit:
            courses = unit.ledger.courses()
            ends = {course_id: unit.ledger.head(course_id) for course_id in courses}
            counted = sum(_check(unit, course_id, faults) for course_id in courses)
            for course_id in sorted({*courses, *unit.awards.courses()}):
                faults += differing_awards(unit, course_id)
        return LedgerReport({course_id: end for course_id, end in ends.items() if end}, counted, faults)


def _check(unit: UnitOfWork, course_id: str, faults: list[Fault]) -> int:
    """Adds what is wrong with one chain; gives how many entries it has."""
    count = 0
    head = unit.ledger.head(course_id)

    def counted() -> Iterator[tuple[Entry, Head | None]]:
        nonlocal count
        for pair in unit.ledger.chain(course_id):
            count += 1
            yield pair

    faults.extend(check_chain(course_id, counted()))
    if count == 0 and head is not None and head.sequence > 0:
        faults.append(Fault(course_id, head.sequence, "Its entries are not there."))
    return count


@dataclass(frozen=True, slots=True)
class LearnerLedger:
    """Everything that was decided about one badge of one learner. `people`: whom entries name, by the name there;
    `faults` are those of the whole course's chain."""

    course: Course
    person: Person
    badge: Achievement
    entries: list[Entry]
    people: dict[str, Person]
    names: CourseNames
    end: Head | None
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class CourseLedger:
    """The same of a whole course, in the order of the chain."""

    course: Course
    entries: list[Entry]
    people: dict[str, Person]
    end: Head | None
    faults: list[Fault]


class ReadLedger:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def course(self, course_id: str) -> CourseLedger:
        """The whole chain of a course. Raises `course.unknown`."""
        with self._transactions(write=False) as unit:
            course = unit.courses.get(course_id)
            if course is None:
                raise NotFound("course.unknown", "There is no such course.")
            entries = [entry for entry, _ in unit.ledger.chain(course_id)]
            faults: list[Fault] = []
            _check(unit, course_id, faults)
            return CourseLedger(course, entries, _people(unit, course_id), unit.ledger.head(course_id), faults)

    def __call__(self, course_id: str, achievement_id: str, person_id: str) -> LearnerLedger:
        """Raises `course.unknown`, `achievement.unknown`, `person.unknown`."""
        with self._transactions(write=False) as unit:
            course = unit.courses.get(course_id)
            if course is None:
                raise NotFound("course.unknown", "There is no such course.")
            badge = achievement_of_course(unit, course_id, achievement_id)
            person = unit.people.get(person_id)
            if person is None or unit.people.enrolment(course_id, person_id) is None:
                raise NotFound("person.unknown", "There is no such person in this course.")
            entries = unit.ledger.of_learner(course_id, person_id, achievement_id)
            named = {entry.subject for entry in entries} | {_actor(entry) for entry in entries}
            faults: list[Fault] = []
            _check(unit, course_id, faults)
            people = _people(unit, course_id, named)
            names = CourseNames.load(unit, course_id)
            end = unit.ledger.head(course_id)
            return LearnerLedger(course, person, badge, entries, people, names, end, faults)


def _people(unit: UnitOfWork, course_id: str, named: Collection[str] | None = None) -> dict[str, Person]:
    """Whom the names of the course's ledger stand for; with `named` of those alone."""
    bearers = unit.ledger.bearers(course_id)
    found = {name: unit.people.get(person_id) for name, person_id in bearers.items() if named is None or name in named}
    return {name: person for name, person in found.items() if person is not None}


def _actor(entry: Entry) -> str:
    actor = entry.read().get("actor")
    return str(actor.get("id", "")) if isinstance(actor, dict) else ""
