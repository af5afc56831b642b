"""Activities change under a live rule: a reading finds it, the teacher is told, and one click mends it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lti_tool.domain.platform import Activity
from lti_tool.domain.sweeping import Why
from lti_tool.usecases import work
from lti_tool.usecases.ports import CourseNews
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

MODULE = Activity("module-1", "module", "Module 1")
QUIZ = Activity("quiz-1", "item", "Quiz 1", 100.0, "module-1", "https://lms.example.edu/quiz-1")
ESSAY = Activity("essay", "item", "Essay", 50.0)


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


def read(site: Site, activities: Sequence[Activity], *, lists_all: bool = True) -> None:
    """The course is read, and has these."""
    site.course.platform.news = [CourseNews([], list(activities), lists_all=lists_all)]
    site.course.clock.pass_time(minutes=2)
    with site.course.house.transactions() as unit:
        work.read_course(unit, site.course.course.id, Why.ASKED)
        unit.commit()
    site.course.work()


def test_new_name_and_new_points_are_taken_with_one_click(site: Site) -> None:
    read(site, [MODULE, QUIZ, ESSAY])
    teacher = site.open_session("instructor")
    assert "To do" not in Tab.at(teacher, "/badges").text
    read(site, [MODULE, Activity("quiz-1", "item", "Safety test", 20.0, "module-1"), ESSAY])
    course = Tab.at(teacher, "/badges")
    assert "Lab safety: The activity “Quiz 1” is called “Safety test” now" in course.text
    assert "“Safety test” has 20 points now, not 100" in course.text
    assert "“Safety test” has 20 points now" in Tab.at(teacher, f"/badges/{site.badges['lab'].id}/edit").text
    course.press("Take the new name")
    assert "To do" not in course.text, "it is one activity: its points are taken as they are too"
    omar = Tab.at(site.open_session("assistant"), f"/badges/{site.badges['lab'].id}/drift")
    assert "Nothing changed" in omar.text


def test_hidden_activity_is_told_and_left_so(site: Site) -> None:
    read(site, [MODULE, Activity("quiz-1", "item", "Quiz 1", 100.0, hidden=True), ESSAY])
    course = Tab.at(site.open_session("instructor"), "/badges")
    assert "The activity “Quiz 1” is hidden from learners" in course.text
    assert "To do" not in course.press("Leave it so").text


def test_deleted_activity_is_replaced_or_dropped(site: Site) -> None:
    read(site, [MODULE, QUIZ, ESSAY])
    award = site.earn("ana")
    read(site, [MODULE, ESSAY], lists_all=False)
    teacher = site.open_session("instructor")
    assert "To do" not in Tab.at(teacher, "/badges").text, "a source that does not list all says nothing of the others"
    read(site, [MODULE, ESSAY])
    course = Tab.at(teacher, "/badges")
    assert "The course does not list the activity “Quiz 1” any more" in course.text
    page = course.follow("Look")
    page.press("replace", {"by": ""})
    assert (page.status, "Choose what takes its place." in page.text) == (422, True)
    page.press("replace", {"by": "essay"})
    assert "The rule names the other one now." in page.text
    assert "Score at least 80 % in Essay and complete Module 1." in page.text
    with site.course.house.transactions(write=False) as unit:
        badge, held = unit.achievements.latest(site.badges["lab"].id), unit.awards.get(award)
    assert badge is not None
    assert held is not None
    assert (badge.version, held.achievement_version) == (2, 1), "whoever has it keeps it as it was"
    read(site, [ESSAY])
    page = Tab.at(teacher, f"/badges/{badge.id}/drift").press("drop")
    assert "The part is taken out of the rule." in page.text
    read(site, [MODULE])
    page = Tab.at(teacher, f"/badges/{badge.id}/drift").press("drop")
    assert (page.status, "Without this part the rule asks for nothing." in page.text) == (422, True)
    # What comes back is no longer gone.
    read(site, [MODULE, ESSAY])
    assert "To do" not in Tab.at(teacher, "/badges").text


def test_nobody_is_failed_by_what_is_gone(site: Site) -> None:
    read(site, [MODULE, QUIZ, ESSAY])
    read(site, [MODULE, ESSAY])
    mine = Tab.at(site.open_session(), "/my")
    assert "Score at least 80 % in Quiz 1" in mine.text
    assert "Not known yet" in mine.text
    # A rule can no longer be made with it.
    form = {"name": "New", "rule.joiner": "all", "rule.0.type": "item_completed", "rule.0.target": "quiz-1"}
    page = site.open_session("instructor").post("/badges/new/form", op="publish", **form)
    assert "The course does not have this any more." in page.text
