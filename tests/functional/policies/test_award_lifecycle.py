"""Every policy of awards, one story in the practice LMS like Moodle and like Canvas: what teacher and learner see."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.policies.course import LENA, MILO, StoryCourse, story_course
from tests.services.databases import SqliteDatabases


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


def my_badges(course: StoryCourse) -> str:
    return course.open(LENA).at("/my").text


def choose(course: StoryCourse, name: str, **options: str) -> None:
    saved = course.badge(name).follow("Edit").press("save", options)
    assert "The changes are saved." in saved.text
    course.stage.work()
