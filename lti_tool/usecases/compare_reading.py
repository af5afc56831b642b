"""compare_reading: what a reading says, learner by learner, against what is known of the course."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from lti_tool.domain.identity import Course, Person
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.reconciliation import Absence, Coverage, Difference, Found, Reading, differences
from lti_tool.usecases.find_learner import LearnerNames, course_names
from lti_tool.usecases.ports import CourseNews, Repair, Told, UnitOfWork


@dataclass(frozen=True, slots=True)
class Compared:
    """`events` are to be taken in. `found` has the person of each difference; what is said of people who are not known
    in the course is no difference, and waits for them."""

    events: list[LearningEvent]
    found: list[tuple[Person, Difference]]

    def count(self, found: Found, new: frozenset[str]) -> int:
        """How many of a kind, of the statements that are `new`."""
        return sum(each.found is found and each.event.event_id in new for _, each in self.found)


def compare(unit: UnitOfWork, course: Course, news: CourseNews, started_at: datetime) -> Compared:
    """What of the reading the course's records do not hold. `started_at`: when the LMS was asked."""
    names = LearnerNames(unit, course)
    readings, strangers = _by_learner(names, news)
    told_since = _told_since(unit, course)
    found = [
        (readings[person_id].person, _as_own(difference, news.own))
        for person_id, record in unit.records.of_learners(course.id, list(readings))
        for difference in differences(record, readings[person_id].reading(course, news), started_at, told_since)
    ]
    if news.states:
        return Compared([*strangers, *(difference.event for _, difference in found)], found)
    # A log is kept as it is told: what came too late to count may matter to somebody who looks back.
    return Compared(news.events, found)


def _as_own(difference: Difference, own: frozenset[str]) -> Difference:
    """What an award or its withdrawal changed in the tool's own column is news like any other."""
    return replace(difference, found=Found.NEWS) if difference.event.target in own else difference


def repairs(compared: Compared, course: Course, new: frozenset[str], now: datetime, why: str) -> list[Repair]:
    """Those of the differences that are repairs, as they are kept, where the statements are `new`."""
    return [
        Repair(
            course_id=course.id,
            person_id=person.id,
            source=each.event.source,
            event_id=each.event.event_id,
            kind=each.event.kind,
            target=each.event.target,
            found=each.found,
            held=_told(each.held) if each.held else None,
            said=_told(each.event),
            occurred_at=each.event.occurred_at,
            found_at=now,
            why=why,
        )
        for person, each in compared.found
        if each.found is not Found.NEWS and each.event.event_id in new
    ]


def _told(said: Fact | LearningEvent) -> Told:
    return Told(said.score, said.maximum, said.completed, str(said.standing), said.letter)


def _by_learner(names: LearnerNames, news: CourseNews) -> tuple[dict[str, _Said], list[LearningEvent]]:
    """What is said of each learner, by person id, and what is said of people who are not known in the course."""
    gathered: dict[str, _Said] = {}
    strangers: list[LearningEvent] = []

    def said_of(kind: str, subject: str) -> _Said | None:
        person = names.find(kind, subject)
        return gathered.setdefault(person.id, _Said(person)) if person else None

    for event in news.events:
        if said := said_of(event.subject_kind, event.subject):
            said.stated.append(event)
        else:
            strangers.append(event)
    for absence in news.absent:
        if said := said_of(absence.statement.subject_kind, absence.statement.subject):
            said.absent.append(absence)
    for coverage in news.states:
        for subject in coverage.subjects:
            if said := said_of(coverage.subject_kind, subject):
                said.coverages.append(coverage)
    return gathered, strangers


@dataclass(slots=True)
class _Said:
    person: Person
    stated: list[LearningEvent] = field(default_factory=list)
    absent: list[Absence] = field(default_factory=list)
    coverages: list[Coverage] = field(default_factory=list)

    def reading(self, course: Course, news: CourseNews) -> Reading:
        named = (course.context_id, self.person.subject)
        return Reading(*named, self.stated, self.absent, self.coverages, news.mentioned)


def _told_since(unit: UnitOfWork, course: Course) -> dict[str, datetime]:
    """Since when which source tells of this course by itself. None does while events of it wait to be applied: what
    they tell is not missing."""
    heard = {state.source for state in unit.sweeps.of_course(course.id) if state.heard_at}
    if not heard or unit.inbox.backlog(course.registration_id, course_names(unit, course)).count:
        return {}
    rhythms = unit.hearings.of_registration(course.registration_id)
    return {source: rhythm.first_at for source, rhythm in rhythms.items() if source in heard}
