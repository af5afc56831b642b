"""What a house knows, for the tests of this folder."""

from __future__ import annotations

from lti_tool.domain.award import Award
from lti_tool.domain.learner_record import Fact
from lti_tool.usecases.mend_events import EventsPage, MendEvents
from tests.factories.house import REGISTRATION, TestHouse


def facts(lab: TestHouse, subject: str) -> list[Fact]:
    with lab.house.transactions(write=False) as unit:
        person = unit.people.find(REGISTRATION, "1", subject)
        return list(unit.records.get(lab.course.id, person.id)) if person else []


def score(lab: TestHouse, subject: str) -> float | None:
    [found] = [fact.score for fact in facts(lab, subject) if fact.target == "quiz-1"]
    return found


def awards(lab: TestHouse) -> list[Award]:
    with lab.house.transactions(write=False) as unit:
        return unit.awards.of_course(lab.course.id)


def awarded(lab: TestHouse) -> list[str]:
    names = {person.id: subject for subject, person in lab.people.items()}
    return sorted(names.get(award.person_id, award.person_id) for award in awards(lab))


def parked(lab: TestHouse) -> dict[str, int]:
    return {line.reason: line.count for line in events_page(lab).parked}


def mend(lab: TestHouse) -> MendEvents:
    return MendEvents(lab.house.transactions, lab.clock, lab.house.settings.tenant)


def events_page(lab: TestHouse) -> EventsPage:
    return mend(lab).page(REGISTRATION)


def read(lab: TestHouse) -> None:
    lab.house.handlers()["read_course"](lab.course.id)
    lab.work()
