"""Courses of a Canvas, read by its REST interface into learner records and badges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.course_copy import How, named_in
from lti_tool.domain.criteria import parse
from lti_tool.domain.drift import Change
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import SYSTEM
from lti_tool.domain.learning_event import FactKind, GradeVariant, Standing
from lti_tool.domain.platform import Activity
from lti_tool.http import TooLarge
from lti_tool.usecases.copy_course import come_over, matches_between
from lti_tool.usecases.mend_drift import drift_of_course
from tests.factories.beginnings import migrated
from tests.factories.canvas import (
    ESSAY,
    MODULE,
    NUMBERS,
    PAGE,
    QUIZ,
    RULE,
    TEST_STUDENT,
    CanvasLab,
    canvas_lab,
    enrolled,
)
from tests.factories.house import REGISTRATION, make_house
from tests.fakes.canvas import COURSE, Asked, error, submission
from tests.services.databases import SqliteDatabases


@pytest.fixture
def school(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[CanvasLab]:
    url = sqlite_databases.copy_of(migrated)
    lab = make_house(url, tmp_path)
    yield canvas_lab(lab)
    lab.house.engine.dispose()
    sqlite_databases.drop(url)


def asked_for(school: CanvasLab) -> list[str]:
    return [one.path.rpartition(f"/courses/{COURSE}/")[2] for one in school.canvas.asked]


def test_grades_and_modules_read_by_rest_make_a_badge(school: CanvasLab) -> None:
    school.publish(RULE)
    school.grade("ana", QUIZ, 18)
    school.grade("ben", QUIZ, 18)
    school.complete("ana")
    school.read()
    assert [award.person_id for award in school.awards()] == [school.lab.people["ana"].id]
    quiz = school.fact("ana", FactKind.ITEM_SCORE, f"assignment-{QUIZ}")
    assert quiz is not None
    assert (quiz.score, quiz.maximum, quiz.occurred_at.isoformat()) == (18, 20, "2026-08-30T10:00:00+00:00")
    for kind, target in (
        (FactKind.MODULE_COMPLETION, f"module-{MODULE}"),
        (FactKind.ITEM_COMPLETION, f"item-{PAGE}"),
        (FactKind.ITEM_COMPLETION, f"assignment-{QUIZ}"),  # the quiz in the module is the assignment of the gradebook
        (FactKind.COURSE_COMPLETION, ""),
        (FactKind.ITEM_SUBMISSION, f"assignment-{QUIZ}"),
    ):
        fact = school.fact("ana", kind, target)
        assert fact is not None
        assert fact.completed, (kind, target)
    with school.lab.house.transactions(write=False) as unit:
        listed = {one.id: one for one in unit.courses.activities(school.lab.course.id)}
    assert (listed[f"assignment-{QUIZ}"].title, listed[f"assignment-{QUIZ}"].maximum) == ("Safety quiz", 20)
    assert listed[f"assignment-{QUIZ}"].module_id == f"module-{MODULE}"
    assert {f"module-{MODULE}", f"item-{PAGE}", f"assignment-{ESSAY}"} <= set(listed)


def test_the_same_state_read_again_says_nothing_and_asks_little(school: CanvasLab) -> None:
    school.grade("ana", QUIZ, 18)
    school.complete("ana")
    school.read()
    rows, first = school.inbox_size(), len(school.canvas.asked)
    for _ in range(3):
        school.lab.clock.pass_time(minutes=15)
        school.read()
    assert school.inbox_size() == rows
    # Assignments, modules, learners, submissions, progress, outcomes, groups; and once the modules of her whose counts
    # moved, and what the course was copied from.
    assert (first, len(school.canvas.asked) - first) == (9, 3 * 7)


@pytest.mark.parametrize(("more", "standing"), [
    ({"posted_at": None}, Standing.HIDDEN),
    ({"excused": True}, Standing.EXCUSED),
    ({"workflow_state": "pending_review"}, Standing.UNGRADED),
])  # fmt: skip
def test_what_does_not_count_is_known_without_its_grade(school: CanvasLab, more: dict, standing: Standing) -> None:
    school.publish(RULE["parts"][0])
    school.grade("ana", QUIZ, 18, **more)
    school.read()
    fact = school.fact("ana", FactKind.ITEM_SCORE, f"assignment-{QUIZ}")
    assert fact is not None
    assert (fact.standing, fact.score, fact.maximum, fact.letter) == (standing, None, None, "")
    assert school.awards() == []


def test_a_hidden_grade_counts_once_it_is_posted_and_no_more_when_it_is_hidden_again(school: CanvasLab) -> None:
    school.grade("ana", QUIZ, 18, posted_at=None)
    school.read()
    assert school.score("ana") is None
    school.grade("ana", QUIZ, 18, posted_at="2026-09-01T08:10:00Z")
    school.lab.clock.pass_time(minutes=20)
    school.read()
    assert school.score("ana") == 18
    school.grade("ana", QUIZ, 18, posted_at=None)
    school.lab.clock.pass_time(minutes=20)
    school.read()
    assert school.score("ana") is None


def test_what_canvas_gives_no_time_for_goes_up_and_down_and_up_again(school: CanvasLab) -> None:
    for final in (60.0, 75.5, 60.0, None, 60.0):
        school.canvas.enrolments[0] = enrolled(NUMBERS["ana"], current_score=90.0, final_score=final, final_grade="B+")
        school.lab.clock.pass_time(minutes=20)
        school.read()
        fact = school.fact("ana", FactKind.COURSE_GRADE, "", GradeVariant.FINAL)
        assert fact is not None
        assert (fact.score, fact.letter) == (final, "B+")
    current = school.fact("ana", FactKind.COURSE_GRADE, "", GradeVariant.CURRENT)
    assert current is not None
    assert (current.score, current.maximum) == (90, 100)


def test_an_override_is_told_and_taken_back(school: CanvasLab) -> None:
    for override in (95.0, None):
        school.canvas.enrolments[0] = enrolled(NUMBERS["ana"], override_score=override)
        school.lab.clock.pass_time(minutes=20)
        school.read()
        fact = school.fact("ana", FactKind.COURSE_GRADE, "", GradeVariant.OVERRIDE)
        assert fact is not None
        assert fact.score == override


def test_a_module_that_is_no_longer_complete_is_taken_back(school: CanvasLab) -> None:
    school.complete("ana")
    school.read()
    school.canvas.done[NUMBERS["ana"]] = {401}
    school.lab.clock.pass_time(minutes=20)
    school.read()
    for kind, target in (
        (FactKind.MODULE_COMPLETION, f"module-{MODULE}"),
        (FactKind.ITEM_COMPLETION, f"item-{PAGE}"),
        (FactKind.COURSE_COMPLETION, ""),
    ):
        fact = school.fact("ana", kind, target)
        assert fact is not None
        assert fact.completed is False


def test_the_test_student_is_never_heard_of(school: CanvasLab) -> None:
    school.canvas.enrolments.append(enrolled(TEST_STUDENT, "StudentViewEnrollment", final_score=100.0))
    school.canvas.submissions = [submission(TEST_STUDENT, QUIZ, 20)]
    school.canvas.done[TEST_STUDENT] = {401, PAGE}
    school.read()
    assert "student_id" not in {name for one in school.canvas.asked for name, _ in one.query}
    with school.lab.house.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM inbox_events WHERE subject = '199'").scalar_one()
    assert told == 0


def test_outcomes_are_mastered_by_their_newest_result(school: CanvasLab) -> None:
    def result(number: int, score: float, at: str) -> dict:
        return {"id": number, "score": score, "submitted_or_assessed_at": at,
                "links": {"user": "101", "learning_outcome": "12"}}  # fmt: skip

    school.canvas.outcomes = {
        "outcome_results": [result(1, 4, "2026-08-30T10:00:00Z"), result(2, 2, "2026-08-20T10:00:00Z")],
        "linked": {"outcomes": [{"id": 12, "title": "Works safely", "mastery_points": 3, "points_possible": 5}]},
    }
    school.read()
    fact = school.fact("ana", FactKind.OUTCOME_MASTERY, "outcome-12")
    assert fact is not None
    assert (fact.score, fact.maximum, fact.completed) == (4, 5, True)


def test_pages_are_followed_letter_by_letter(school: CanvasLab) -> None:
    school.canvas.largest_page = 1
    for name in NUMBERS:
        school.grade(name, QUIZ, 15)
        school.grade(name, ESSAY, 40)
    school.read()
    assert [school.score(name, ESSAY) for name in NUMBERS] == [40, 40, 40]
    walked = [one for one in school.canvas.asked if one.path.endswith("/students/submissions")]
    assert len(walked) == 3
    # The first question carries the parameters; the others are the given address and nothing else.
    assert all(one.one("grouped") == "1" for one in walked)
    assert [len(one.all("per_page")) for one in walked] == [1, 1, 1]


def test_of_a_large_course_only_what_is_new_is_asked_for(school: CanvasLab) -> None:
    school.canvas.largest_page = 1
    for name in NUMBERS:
        school.grade(name, QUIZ, 15)
    school.read()
    school.canvas.asked.clear()
    school.grade("ben", QUIZ, 19, graded_at="2026-09-01T08:05:00Z", posted_at="2026-09-01T08:05:00Z")
    school.lab.clock.pass_time(minutes=15)
    school.read()
    asked = [one for one in school.canvas.asked if one.path.endswith("/students/submissions")]
    since = "2026-09-01T06:50:00Z"  # an hour before the last reading, and ten minutes of overlap
    windows = {(one.one("graded_since"), one.one("submitted_since"), one.one("grouped")) for one in asked}
    assert windows == {(since, "", ""), ("", since, "")}
    assert (school.score("ben"), school.score("ana")) == (19, 15)
    school.canvas.asked.clear()
    school.lab.clock.pass_time(hours=7)
    school.read()
    assert [one.one("grouped") for one in school.canvas.asked if one.path.endswith("submissions")] == ["1"] * 3


def test_where_a_page_is_too_large_fewer_students_are_asked_for(school: CanvasLab) -> None:
    school.grade("ana", QUIZ, 18)
    school.canvas.faults = [None, None, None, TooLarge("canvas.example.edu sent more than 4194304 bytes.")]
    school.read()
    asked = [one.one("per_page") for one in school.canvas.asked if one.path.endswith("/students/submissions")]
    assert asked == ["50", "15"]
    assert school.score("ana") == 18


def test_an_interrupted_walk_goes_on_at_its_page(school: CanvasLab) -> None:
    school.canvas.largest_page = 1
    for name in NUMBERS:
        school.grade(name, QUIZ, 15)
    # Assignments, modules, three pages of learners, and the first page of submissions are answered.
    school.canvas.faults = [*[None] * 6, error(502, "Bad gateway")]
    with pytest.raises(BadgeToolError) as stopped:
        school.read()
    assert stopped.value.code == "canvas.unavailable"
    school.settle()
    assert (school.score("ana"), school.score("ben")) == (15, None)
    school.canvas.asked.clear()
    school.read()
    assert school.score("cleo") == 15
    walked: list[Asked] = [one for one in school.canvas.asked if one.path.endswith("/students/submissions")]
    assert len(walked) == 2
    assert walked[0].one("page").startswith("bookmark:")


def test_modules_are_asked_for_learners_who_moved_alone(school: CanvasLab) -> None:
    school.complete("ana")
    school.read()
    school.canvas.asked.clear()
    school.canvas.done[NUMBERS["cleo"]] = {PAGE}
    school.lab.clock.pass_time(minutes=15)
    school.read()
    learners = [one.one("student_id") for one in school.canvas.asked if one.one("student_id")]
    assert learners == [str(NUMBERS["cleo"])]


def test_what_the_key_may_not_read_costs_its_part_alone(school: CanvasLab) -> None:
    school.canvas.missing_scopes = {"outcome_results", "bulk_user_progress"}
    school.grade("ana", QUIZ, 18)
    school.read()
    assert school.score("ana") == 18


@pytest.mark.parametrize("missing", ["assignment_groups", "enrollments", "students/submissions"])
def test_without_a_scope_for_grades_the_scope_is_named(school: CanvasLab, missing: str) -> None:
    school.canvas.missing_scopes = {missing}
    with pytest.raises(BadgeToolError) as stopped:
        school.read()
    assert stopped.value.code == "canvas.scope_missing"
    assert f"url:GET|/api/v1/courses/:course_id/{missing}" in stopped.value.message
    assert stopped.value.permanent  # type: ignore[attr-defined]


def test_a_key_that_may_not_include_details_is_told_from_an_empty_course(school: CanvasLab) -> None:
    school.canvas.includes_allowed = False
    with pytest.raises(BadgeToolError) as stopped:
        school.read()
    assert (stopped.value.code, "Allow Include Parameters" in stopped.value.message) == ("canvas.includes_off", True)


def test_a_course_whose_number_no_launch_told_is_left_alone(school: CanvasLab) -> None:
    with school.lab.house.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM course_aliases")
    school.read()
    assert school.canvas.asked == []


def test_sections_and_the_day_of_enrolment_are_facts_that_rules_go_by(school: CanvasLab) -> None:
    sections = {"ana": 7, "ben": 8, "cleo": 8}
    school.canvas.enrolments = [
        enrolled(NUMBERS[name]) | {"course_section_id": number, "sis_section_id": f"LAB-{number}"}
        for name, number in sections.items()
    ]
    # Cleo is in both: Canvas has a row for each section.
    school.canvas.enrolments.append(enrolled(NUMBERS["cleo"]) | {"course_section_id": 7, "sis_section_id": "LAB-7"})
    school.read()
    with school.lab.house.transactions(write=False) as unit:
        found = unit.courses.activities(school.lab.course.id)
    assert {one.id: one.title for one in found if one.kind == "group"} == {"section-7": "LAB-7", "section-8": "LAB-8"}

    def is_in(name: str, section: int) -> bool | None:
        fact = school.fact(name, FactKind.GROUP_MEMBERSHIP, f"section-{section}")
        return fact.completed if fact else None

    said = {name: [is_in(name, section) for section in (7, 8)] for name in sections}
    assert said == {"ana": [True, False], "ben": [False, True], "cleo": [True, True]}
    enrolment = school.fact("ana", FactKind.ENROLMENT, "")
    assert enrolment is not None
    # Of section 7 the quiz is asked as well; whoever is not in it needs the essay alone.
    quiz = {"type": "item_completed", "item": f"assignment-{QUIZ}"} | {"only_for": ["section-7"]}
    essay = {"type": "item_score", "item": f"assignment-{ESSAY}", "minimum": 50, "window": {"since": "enrolment"}}
    school.publish({"type": "all", "parts": [quiz, essay]})
    for name in sections:
        school.grade(name, ESSAY, 90)
    school.read()
    assert [award.person_id for award in school.awards()] == [school.lab.people["ben"].id]


def group(number: int, name: str, *members: str, more: int = 0) -> dict[str, Any]:
    users = [{"id": NUMBERS[one], "name": one} for one in members]
    return {"id": number, "name": name, "members_count": len(users) + more, "users": users}


def test_groups_are_facts_and_who_is_not_listed_in_a_long_one_is_not_known(school: CanvasLab) -> None:
    school.canvas.user_groups = [group(7, "Team red", "ana"), group(8, "Everybody", "ben", more=9)]
    school.read()
    with school.lab.house.transactions(write=False) as unit:
        found = unit.courses.activities(school.lab.course.id)
    assert {one.id: one.title for one in found if one.kind == "group"} == {
        "group-7": "Team red", "group-8": "Everybody",
    }  # fmt: skip

    def is_in(name: str, number: int) -> bool | None:
        fact = school.fact(name, FactKind.GROUP_MEMBERSHIP, f"group-{number}")
        return fact.completed if fact else None

    assert [is_in(name, 7) for name in ("ana", "ben", "cleo")] == [True, False, False]
    assert [is_in(name, 8) for name in ("ana", "ben", "cleo")] == [None, True, None]
    school.canvas.user_groups = [group(7, "Team red", "ben")]
    school.lab.clock.pass_time(minutes=20)
    school.read()
    assert [is_in(name, 7) for name in ("ana", "ben", "cleo")] == [False, True, False]


def test_a_key_from_before_groups_were_asked_for_reads_all_the_rest(school: CanvasLab) -> None:
    school.canvas.missing_scopes |= {"groups", "content_migrations"}
    school.grade("ana", QUIZ, 18)
    school.read()
    assert school.score("ana") == 18
    with school.lab.house.transactions(write=False) as unit:
        registration = unit.registrations.get(REGISTRATION)
    assert registration is not None
    [seen] = school.reading.probe(registration, [school.lab.course], {})
    assert (seen.ok, seen.code) == (True, "")
    assert ":course_id/groups" in seen.detail
    assert "(for parts of a rule that are for some groups only; " in seen.detail
    school.canvas.missing_scopes.add("modules")
    [seen] = school.reading.probe(registration, [school.lab.course], {})
    assert (seen.ok, seen.code) == (False, "canvas.scope_missing")


def test_activities_of_a_copied_course_are_known_by_what_they_were_copied_from(school: CanvasLab) -> None:
    lab, house = school.lab, school.lab.house
    old = replace(lab.course, id="old-course", context_id="old-context", title="Last year")
    rule = parse({"type": "all", "parts": [
        {"type": "item_completed", "item": "assignment-901"}, {"type": "item_completed", "item": "item-904"},
        {"type": "module_completed", "module": "module-903"},
    ]})  # fmt: skip
    badge = Achievement("old-badge", old.id, "Lab safety", "x", "", rule, AchievementState.PUBLISHED)
    with house.transactions() as unit:
        unit.courses.save(old)
        there = [
            Activity("assignment-901", "item", "Last year's quiz"),
            Activity("assignment-902", "item", "Another quiz"),
        ]
        there += [Activity("module-903", "module", "Gone by name"), Activity("item-904", "item", "Never copied")]
        unit.courses.save_activities(old.id, there, lab.clock.now())
        unit.achievements.save(badge)
        unit.achievements.note(badge, lab.clock.now(), SYSTEM, "published")
        assert come_over(unit, lab.clock.now(), lab.course, ["old-context"]) == 1
        unit.commit()
    # No name says so; Canvas knows that it is the quiz.
    maps = {"assignments": {"901": str(QUIZ), "902": "7", "x": "y"}, "modules": {"903": MODULE}, "files": {"1": "2"}}
    school.canvas.id_maps = {31: {"assignments": {"901": "5"}}, 32: maps}
    school.canvas.migrations = [
        {"id": 31, "migration_type": "common_cartridge_importer", "workflow_state": "completed"},
        {"id": 32, "migration_type": "course_copy_importer", "workflow_state": "completed"},
        {"id": 33, "migration_type": "course_copy_importer", "workflow_state": "running"},
    ]
    school.read()
    with house.transactions(write=False) as unit:
        [draft] = unit.achievements.of_course(lab.course.id)
        matches = matches_between(unit, lab.course.id, old.id)
    assert draft.criteria is not None
    assert set(named_in(draft.criteria)) == {
        ("item", f"assignment-{QUIZ}"), ("module", f"module-{MODULE}"), ("item", "copied:item-904"),
    }  # fmt: skip
    assert {key[1]: match.how for key, match in matches.items()} == {
        "assignment-901": How.HISTORY, "module-903": How.HISTORY,
        "assignment-902": How.MISSING, "item-904": How.MISSING,
    }  # fmt: skip
    asked = [one.path.rpartition("/")[2] for one in school.canvas.asked]
    assert (asked.count("content_migrations"), asked.count("asset_id_mapping")) == (1, 1)
    school.lab.clock.pass_time(hours=7)
    school.read()
    with house.transactions(write=False) as unit:
        assert unit.courses.history(lab.course.id)["item", f"assignment-{QUIZ}"] == ["assignment-901"]


@pytest.mark.parametrize("told", [[], 5, {"assignments": None, "modules": [1]}, TooLarge("canvas sent more")])
def test_a_map_that_cannot_be_read_costs_nothing_else(school: CanvasLab, told: Any) -> None:
    school.canvas.migrations = [{"id": 5, "migration_type": "course_copy_importer", "workflow_state": "completed"}]
    school.canvas.id_maps = {5: told}
    if isinstance(told, Exception):
        school.canvas.faults = [None] * 8 + [told]
    school.grade("ana", QUIZ, 18)
    school.read()
    assert school.score("ana") == 18


def test_what_is_not_published_any_more_is_hidden_and_not_gone(school: CanvasLab) -> None:
    school.read()
    school.publish(RULE)
    school.canvas.groups[0]["assignments"][0]["published"] = False
    school.canvas.modules[0]["published"] = False
    school.read()
    with school.lab.house.transactions(write=False) as unit:
        found = {one.id: one for one in unit.courses.activities(school.lab.course.id)}
        drifted = drift_of_course(unit, school.lab.course.id, list(found.values()))
    assert {key for key, one in found.items() if one.hidden} == {
        f"assignment-{QUIZ}", f"module-{MODULE}", f"item-{PAGE}"}  # fmt: skip
    assert not any(one.is_gone for one in found.values())
    assert {drift.change for drifts in drifted.values() for drift in drifts} == {Change.HIDDEN}
    school.canvas.groups[0]["assignments"][0]["published"] = school.canvas.modules[0]["published"] = True
    school.read()
    with school.lab.house.transactions(write=False) as unit:
        assert not any(one.hidden for one in unit.courses.activities(school.lab.course.id))
