"""Every policy of awards, one story in the practice LMS like Moodle and like Canvas: what teacher and learner see."""

from __future__ import annotations

from pathlib import Path

import pytest

from lti_tool.demo.forms import Upload
from lti_tool.demo.html_page import Element
from tests.functional.policies.course import LENA, MILO, NORA, Page, StoryCourse, story_course
from tests.services.databases import SqliteDatabases


@pytest.mark.slow
@pytest.mark.parametrize("like", ["moodle", "canvas"])
def test_the_life_of_awards(
    like: str, tmp_path: Path, sqlite_databases: SqliteDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One course for all of it: to connect an LMS takes longer than any of its chapters. Two at once are many here.
    limits = {"mass_award_size": "1", "undo_seconds": "600"}
    with story_course(like, tmp_path, sqlite_databases.empty(), monkeypatch, **limits) as course:
        many_are_asked_twice_and_undone_as_one(course)
        a_grade_falls_and_comes_back_under_each_policy(course)
        only_work_from_a_day_on_counts(course)
        a_badge_lapses_and_is_renewed(course)
        a_changed_rule_counts_for_whom_the_teacher_says(course)
        a_copied_course_has_its_badges_as_drafts(course)


def many_are_asked_twice_and_undone_as_one(course: StoryCourse) -> None:
    name = "Quiz master"
    course.quiz(LENA, 90)
    course.quiz(MILO, 85)
    asked = course.publish(name, choice="")
    assert "2 learners meet the rule already." in asked.text
    asked = asked.press("publish:now")
    assert "Award 2 learners at once?" in asked.text
    assert "Lena Lichen" in asked.text
    course.stage.work()
    assert "No badges in this course yet" in my_badges(course)
    asked.press("Yes, award 2 learners")
    course.stage.work()
    assert "Being signed" in my_badges(course)
    undone = course.badge(name).press("Undo all 2", {"reason": "The quiz was too easy."})
    assert "All of them are withdrawn, with your reason. The badge is paused." in undone.text
    course.pass_time(minutes=11)
    hers = my_badges(course)
    assert f"“{name}” was withdrawn." in hers
    assert "The quiz was too easy." in hers


def a_grade_falls_and_comes_back_under_each_policy(course: StoryCourse) -> None:
    name = "Lab safety"
    course.publish(name, "Only from new work on", regrade="suspend")
    course.stage.work()
    assert "Earned on" not in my_badges(course)
    course.quiz(LENA, 91)
    assert course.score(LENA, name) == 1
    # Suspend, and back by itself.
    course.quiz(LENA, 40)
    assert "Suspended" in course.badge(name).text
    assert f"“{name}” is suspended until the rule is met again." in my_badges(course)
    assert course.score(LENA, name) is None
    course.quiz(LENA, 95)
    hers = course.open(LENA).at("/my")
    assert f"“{name}” stands again." in hers.text
    assert "Suspended" not in hers.press("Got it").text
    assert course.score(LENA, name) == 1
    # Keep.
    choose(course, name, regrade="keep")
    course.quiz(LENA, 30)
    assert course.score(LENA, name) == 1
    assert "look again" not in course.badge(name).text
    # Flag, and the teacher lets it stand.
    choose(course, name, regrade="flag")
    course.quiz(LENA, 31)
    assert f"Lena Lichen no longer meets the rule of “{name}”" in course.open().at("/badges").text
    assert "The badge stands." in course.badge(name).press("Let it stand").text
    # Withdrawn after three days of grace; earned again is another badge.
    choose(course, name, regrade="revoke", grace_days="3")
    course.quiz(LENA, 32)
    assert "The badge stands until" in my_badges(course)
    course.pass_time(days=3, minutes=1)
    assert f"“{name}” was withdrawn." in my_badges(course)
    assert course.score(LENA, name) is None
    course.quiz(LENA, 99)
    assert f"You earned “{name}” again." in my_badges(course)
    assert course.score(LENA, name) == 1
    # For cause it stays withdrawn until a person lifts it.
    course.badge(name).press("Withdraw the badge", {"reason": "Copied."})
    course.quiz(LENA, 10)
    course.quiz(LENA, 100)
    page = course.badge(name)
    assert "Lena Lichen does not get this badge again by itself." in page.text
    page.press("Let Lena Lichen earn it again")
    course.pass_time(seconds=3)
    assert course.score(LENA, name) == 1


def only_work_from_a_day_on_counts(course: StoryCourse) -> None:
    """Milo did the quiz days ago, Lena today."""
    name = "Fresh work"
    asked = course.publish(name, choice="")
    assert "2 learners meet the rule already." in asked.text
    counted = asked.press("Count", {"since": f"{course.clock.now():%Y-%m-%d}"})
    assert "1 meets the rule by work since then." in counted.text
    counted.press("publish:date")
    course.stage.work()
    assert f"Renew {name}" not in my_badges(course)
    learners = course.badge(name).text
    assert "Earned 1" in learners
    course.quiz(MILO, 86)
    assert "Earned 2" in course.badge(name).text


def a_badge_lapses_and_is_renewed(course: StoryCourse) -> None:
    name = "First aid"
    terms = {"lasting": "months", "months": "12", "renewal": "again", "remind_days": "30"}
    course.publish(name, "Only from new work on", **terms)
    course.quiz(LENA, 91)
    assert "valid until" in my_badges(course)
    course.pass_time(days=340)
    hers = my_badges(course)
    assert f"“{name}” lapses soon." in hers
    assert f"Renew {name}" in hers
    course.pass_time(days=30)
    assert "Expired on" in my_badges(course)
    assert "Expired" in course.badge(name).text
    course.quiz(LENA, 88)
    assert f"“{name}” is renewed." in my_badges(course)
    assert "Renewed" in course.badge(name).text


def a_changed_rule_counts_for_whom_the_teacher_says(course: StoryCourse) -> None:
    """Lena (88) and Milo (86) have it; from now on it takes 87 %."""
    name = "Sharp eye"
    course.publish(name).press("Yes, award 2 learners")
    course.pass_time(minutes=11)
    asked = course.badge(name).follow("Edit").press("save", {"rule.0.minimum": "87"})
    assert "For whom does the new rule count?" in asked.text
    assert "1 of those who have it does not meet the new rule." in asked.text
    asked.press("Only new work from now on")
    course.pass_time(seconds=3)
    # Nobody loses anything, and each keeps what was asked then; Nora earns the new version.
    assert "look again" not in course.badge(name).text
    assert "at least 80 %" in my_badge(course, MILO, name)
    course.quiz(NORA, 87)
    assert "at least 87 %" in my_badge(course, NORA, name)
    versions = course.badge(name).follow("version 2").text
    assert "Asked for now: score at least 87 % in" in versions
    assert "Counts for work that is done from then on." in versions
    # Judged anew only when she says so, and then it is hers to decide.
    asked = course.badge(name).follow("Edit").press("save", {"rule.0.minimum": "89"})
    asked.press("Everybody, and judge those who have it anew")
    course.pass_time(seconds=3)
    assert f"Milo Moss no longer meets the rule of “{name}”" in course.open().at("/badges").text
    assert "Earned on" in my_badge(course, MILO, name)


def a_copied_course_has_its_badges_as_drafts(course: StoryCourse) -> None:
    copy = course.stage.lms.call("POST", "course-copy")["context_id"]
    teacher = course.open(context_id=copy).at("/badges")
    assert "Badges in Laboratory Safety 101 (copy)" in teacher.text
    names = [one.text for one in teacher.html.all("h3")]
    assert "Lab safety Draft" in names
    assert not any("Live" in name for name in names)
    review = teacher.follow("Settle")
    assert "Missing nothing here has this name" in review.text
    # In the copy Milo has done the quiz already: a table tells of it, and names the quiz.
    rows = f"user id,Quiz name,Points,Out of\n{subject_of(course, MILO)},{quiz_of(course)},91,100\n"
    mapped = {"learner": "user id", "activity": "Quiz name", "score": "Points", "maximum": "Out of", "decimal": "."}
    table = Upload("grades.csv", rows.encode(), "text/csv")
    teacher.at("/badges/upload").press("Look at the file", files={"table": table}).press("check", mapped).press("store")
    course.pass_time(seconds=3)
    review = course.open(context_id=copy).at("/badges/copied")
    if "Matched it has the same name" not in review.text:
        # Two senders told of the old course's quiz, each by a name of its own: it is hers to say which one is meant.
        assert "Which one? several have this name" in review.text
        review = review.press("Take these over", {field: one.get("value") for field, one in offered_quizzes(review)})
    assert "Everything that the rules name has its place here." in review.text
    asked = review.follow("Lab safety").follow("Go on editing").press("publish")
    assert "1 learner meets the rule already." in asked.text
    asked.press("publish:now")
    course.pass_time(seconds=3)
    assert "Earned on" in course.open(MILO, copy).at("/my").text
    # Opened again, or copied again, nothing comes twice.
    assert [one.text for one in course.open(context_id=copy).at("/badges").html.all("h3")].count("Lab safety Live") == 1
    again = course.stage.lms.call("POST", "course-copy")["context_id"]
    assert len(course.open(context_id=again).at("/badges").html.all("h3")) == len(names)
    assert len(course.open(context_id=copy).at("/badges").html.all("h3")) == len(names)


def my_badges(course: StoryCourse) -> str:
    return course.open(LENA).at("/my").text


def my_badge(course: StoryCourse, learner: str, name: str) -> str:
    return course.open(learner).at("/my").follow(name).text


def subject_of(course: StoryCourse, learner: str) -> str:
    with course.stage.house.transactions(write=False) as unit:
        (here, *_) = unit.courses.of_registration(course.stage.registration.id)
        subjects = {person.name.split()[0]: person.subject for person, _ in unit.people.enrolled(here.id)}
    return subjects[{LENA: "Lena", MILO: "Milo"}[learner]]


def offered_quizzes(review: Page) -> list[tuple[str, Element]]:
    lists = review.html.all("select")
    return [(one.get("name"), option) for one in lists for option in one.all("option") if option.text == "Safety quiz"]


def quiz_of(course: StoryCourse) -> str:
    """How the course's activities name it."""
    with course.stage.house.transactions(write=False) as unit:
        (here, *_) = unit.courses.of_registration(course.stage.registration.id)
        return next(one.title for one in unit.courses.activities(here.id) if "quiz" in one.title.lower())


def choose(course: StoryCourse, name: str, **options: str) -> None:
    saved = course.badge(name).follow("Edit").press("save", options)
    assert "The changes are saved." in saved.text
    course.stage.work()
