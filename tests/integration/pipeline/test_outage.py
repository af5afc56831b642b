"""The whole tool is away for an hour, and whoever sends events gives up: everything is found again, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lti_tool.domain.identity import Course, derived_id
from lti_tool.domain.learning_event import FactKind
from lti_tool.usecases.ports import Member
from lti_tool.usecases.read_course import merge_roster
from tests.factories.house import DEPLOYMENT, REGISTRATION, TestHouse, event, make_house
from tests.factories.lms import CountedLms

COURSES, LEARNERS = 5, 20
# The whole amount is proved on SQLite; a fifth of it shows that PostgreSQL does the same.
ACTIVITIES = {"sqlite": 50, "postgresql": 10}
ITEMS = ["essay", *(f"page-{number}" for number in range(1, 50))]
RULE = {"type": "item_completed", "item": ITEMS[0]}


@pytest.fixture
def lab(migrated_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(migrated_database_url, tmp_path, learners=names(0))
    yield made
    made.house.engine.dispose()


def names(course: int) -> list[str]:
    return [f"c{course}-l{number}" for number in range(LEARNERS)]


def add_courses(lab: TestHouse) -> list[Course]:
    courses = [lab.course]
    with lab.house.transactions() as unit:
        for number in range(1, COURSES):
            context = f"course-{number + 1}"
            place = derived_id("course", REGISTRATION, DEPLOYMENT, context)
            course = replace(lab.course, id=place, context_id=context, memberships_url="")
            unit.courses.save(course)
            merge_roster(unit, course, [Member(name, ("Learner",)) for name in names(number)])
            courses.append(course)
        unit.commit()
    return courses


@pytest.mark.slow
def test_an_outage_of_an_hour_loses_none_of_5000_completions(lab: TestHouse) -> None:
    courses = add_courses(lab)
    completions = COURSES * LEARNERS * ACTIVITIES[lab.house.engine.dialect.name]
    lms = CountedLms(lab.clock, seconds=0.5)
    lab.house.platform.sources.append(lms)
    for number, course in enumerate(courses):
        lab.hear(lms.happens(completion(lab, names(number)[0], "before", course)))
    lab.publish(RULE)
    lab.work()
    lms.calls.clear()

    went_away = lab.clock.now()
    for number in range(completions):
        course, learner, activity = number % COURSES, number // COURSES % LEARNERS, number // (COURSES * LEARNERS)
        lab.clock.at = went_away + timedelta(seconds=number * 3600 / completions)
        lms.happens(completion(lab, names(course)[learner], ITEMS[activity], courses[course]))
    back_at = lab.clock.pass_time(minutes=3)

    lab.work()
    assert lab.clock.now() - back_at < timedelta(minutes=10)
    assert len(lms.calls) <= 1.2 * COURSES
    with lab.house.transactions(write=False) as unit:
        found = [fact for course in courses for record in unit.records.of_course(course.id).values() for fact in record]
        repairs = [repair for course in courses for repair in unit.sweeps.repairs(course.id, completions)]
        awards = unit.awards.of_course(courses[0].id)
    told = [fact for fact in found if fact.kind is FactKind.ITEM_COMPLETION and fact.target != "before"]
    assert len(told) == completions
    assert all(fact.completed for fact in told)
    assert (len(repairs), {repair.why for repair in repairs}) == (completions, {"outage"})
    assert len({(repair.course_id, repair.person_id, repair.target) for repair in repairs}) == completions
    assert sorted(award.person_id for award in awards) == sorted({award.person_id for award in awards})
    assert len(awards) == LEARNERS

    # Whoever tells now what he could not tell then, and the next reading, change nothing.
    lab.hear(
        *(replace(told, event_id=f"late-{told.event_id}", source="webhook") for told in list(lms.truth.values())[:200])
    )
    lab.clock.pass_time(minutes=20)
    lab.work()
    with lab.house.transactions(write=False) as unit:
        assert len(unit.awards.of_course(courses[0].id)) == LEARNERS
        assert sum(len(unit.sweeps.repairs(course.id, completions)) for course in courses) == completions


def completion(lab: TestHouse, subject: str, target: str, course: Course):
    return event(subject, FactKind.ITEM_COMPLETION, target, lab.clock, context=course.context_id, completed=True)
