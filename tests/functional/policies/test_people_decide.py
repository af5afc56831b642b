"""Evidence, its reviewers, and awards by hand, as one story in the practice LMS like Moodle and like Canvas."""

from __future__ import annotations

from pathlib import Path

import pytest

from lti_tool.demo.forms import Upload
from tests.functional.policies.course import LENA, MILO, StoryCourse, story_course
from tests.services.databases import SqliteDatabases

RUBRIC = "Clarity: 10\nSources\n- None: 0\n* Some: 4; Two or more are named.\n- All: 5"
REPORT = {"rule.0.target": "Report", "rule.0.rubric": RUBRIC, "rule.0.minimum": "9"}


@pytest.mark.parametrize("like", ["moodle", "canvas"])
def test_people_decide(
    like: str, tmp_path: Path, sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    with story_course(like, tmp_path, sqlite_databases.empty(), monkeypatch) as course:
        evidence_is_judged_by_the_rubric(course, "Good report")
        learners_are_awarded_from_a_table(course, "Good report")


def evidence_is_judged_by_the_rubric(course: StoryCourse, name: str) -> None:
    new = course.open().at("/badges/new").press("add:rule:evidence_approved", {"name": name})
    new.press("publish", REPORT).press("publish:now")
    course.stage.work()
    hers = course.open(LENA).at("/my")
    assert "Nothing handed in yet" in hers.text
    handed = hers.follow(f"Report for {name}").press("Hand in", {"text": "My report.", "url": "https://example.org/1"})
    assert "Waiting for a reviewer" in handed.text
    teacher = course.open().at("/badges")
    assert "1 piece of evidence waits for a reviewer" in teacher.text
    teacher = teacher.follow("Review").follow(f"Lena Lichen: Report for {name}")
    teacher.press("Ask for more", {"words": "Name your sources."})
    course.stage.work()
    again = course.open(LENA).at("/my")
    assert "More is asked for “Name your sources.”" in again.text
    again.follow(f"Report for {name}").press("Hand in again", {"text": "With sources.", "url": ""})
    teacher = course.open().at("/badges/reviews").follow(f"Lena Lichen: Report for {name}")
    teacher.press("Approve", {"points-0": "8", "points-1": "Some", "words": "Well argued."})
    course.pass_time(seconds=3)
    assert "Earned on" in course.open(LENA).at("/my").text
    assert course.score(LENA, name) == 1
    assert "12 of 15 (80 %)" in course.badge(name).text


def learners_are_awarded_from_a_table(course: StoryCourse, name: str) -> None:
    with course.stage.house.transactions(write=False) as unit:
        (here,) = unit.courses.of_registration(course.stage.registration.id)
        subjects = {person.name: person.subject for person, _ in unit.people.enrolled(here.id)}
    milo = next(subject for person, subject in subjects.items() if person.startswith("Milo"))
    rows = f"user id,reason,evidence\n{milo},Led the group,Held the safety talk.\n"
    page = course.badge(name).follow("Award from a table (CSV)")
    wrong = Upload("people.csv", f"{rows}nobody,Led the group,\n".encode(), "text/csv")
    page = page.press("Look at the file", files={"table": wrong})
    assert "Nobody is awarded while a row is wrong" in page.text
    page = page.press("Look at the file", files={"table": Upload("people.csv", rows.encode(), "text/csv")})
    assert "1 learner was awarded from people.csv." in page.press("Award 1 learner").text
    course.pass_time(seconds=3)
    assert "Earned on" in course.open(MILO).at("/my").text
    assert course.score(MILO, name) == 1
    # No grade takes it away again.
    course.quiz(MILO, 0)
    assert course.score(MILO, name) == 1
