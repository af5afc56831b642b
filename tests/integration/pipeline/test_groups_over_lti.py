"""Groups that a platform tells over LTI become facts that parts of a rule go by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.usecases import read_groups
from lti_tool.usecases.ports import CourseGroup
from tests.factories.house import TestHouse, make_house


@dataclass
class Groups:
    """`inside`: the groups of each learner. What was asked is kept."""

    inside: dict[str, list[str]]
    asked: list[str] = field(default_factory=list)

    def read(self, registration: Registration, course: Course, subject: str = "") -> list[CourseGroup]:
        self.asked.append(subject)
        names = (
            self.inside.get(subject, []) if subject else sorted({one for ids in self.inside.values() for one in ids})
        )
        return [CourseGroup(one, f"Group {one}") for one in names]


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    with made.house.transactions() as unit:
        unit.courses.save(replace(made.course, groups_url="https://lms.example.edu/groups"))
        unit.commit()
    yield made
    made.house.engine.dispose()


def read(lab: TestHouse, groups: Groups) -> dict[tuple[str, str], bool]:
    """The course is read; who is told to be in which group."""
    lab.clock.pass_time(minutes=10)
    house = replace(lab.house, platform=replace(lab.house.platform, groups=groups))
    house.handlers()["read_course"](lab.course.id)
    lab.work()
    with lab.house.transactions(write=False) as unit:
        records = unit.records.of_course(lab.course.id)
    names = {person.id: name for name, person in lab.people.items()}
    return {
        (names[whose], fact.target): bool(fact.completed)
        for whose, record in records.items()
        for fact in record
        if fact.kind is FactKind.GROUP_MEMBERSHIP
    }


def test_parts_of_a_rule_are_for_some_groups_and_who_moves_is_weighed_anew(
    lab: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_groups, "LEARNERS_A_READING", 2)
    groups = Groups({"ana": ["7"], "ben": ["8"], "cleo": []})
    assert len(read(lab, groups)) == 4
    told = read(lab, groups)
    assert {key for key, inside in told.items() if inside} == {("ana", "lti-group-7"), ("ben", "lti-group-8")}
    assert len(told) == 6
    assert sorted(groups.asked) == ["", "", "ana", "ben", "cleo"]
    # Of group 7 the quiz is asked as well.
    quiz = {"type": "item_score", "item": "quiz-1", "minimum": 50, "unit": "percent", "only_for": ["lti-group-7"]}
    lab.publish({"type": "all", "parts": [quiz, {"type": "module_completed", "module": "module-1"}]})
    lab.hear(*(lab.module(name) for name in lab.people))
    lab.work()

    def holders() -> set[str]:
        with lab.house.transactions(write=False) as unit:
            awards = unit.awards.of_course(lab.course.id)
        names = {person.id: name for name, person in lab.people.items()}
        return {names[award.person_id] for award in awards}

    assert holders() == {"ben", "cleo"}
    groups.inside["ana"] = ["8"]
    groups.inside["cleo"] = ["7"]
    read(lab, groups)
    assert read(lab, groups)["ana", "lti-group-7"] is False
    assert holders() == {"ana", "ben", "cleo"}
    del groups.inside["cleo"]
    read(lab, groups)
    with lab.house.transactions(write=False) as unit:
        gone = [one.title for one in unit.courses.activities(lab.course.id) if one.is_gone]
    assert gone == ["Group 7"]
