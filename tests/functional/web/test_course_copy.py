"""Badges come over with a copied course: told by a notice, by a launch, or brought by hand; as drafts, each once."""

from __future__ import annotations

import pytest

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.identity import derived_id
from lti_tool.domain.notice import ORIGIN_CONTEXTS, Notice, NoticeType
from lti_tool.domain.platform import Activity
from lti_tool.usecases.receive_notice import ReceiveNotice
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from tests.factories.house import CONTEXT, DEPLOYMENT, REGISTRATION
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

NEW = "course-2"
NEW_ID = derived_id("course", REGISTRATION, DEPLOYMENT, NEW)
MOODLE, CANVAS = {"context_id_history": CONTEXT}, {"context_history": f"unknown,{CONTEXT}"}


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint,)


def has_activities(site: Site, *activities: Activity) -> None:
    with site.course.house.transactions() as unit:
        unit.courses.save_activities(NEW_ID, activities, site.course.clock.now())
        unit.commit()


def badges(site: Site, course_id: str = NEW_ID) -> list[Achievement]:
    with site.course.house.transactions(write=False) as unit:
        return unit.achievements.of_course(course_id)


def opened(site: Site, custom: dict[str, str] | None = None, *, cookie: bool = True) -> Tab:
    ines = site.open_session("instructor", context=NEW, custom=custom or {}, cookie=cookie)
    return Tab.at(ines, "/badges")


def told_by_notice(site: Site, notice_id: str = "n1") -> None:
    now = site.course.clock.now()
    kind, claims = NoticeType.CONTEXT_COPY, {ORIGIN_CONTEXTS: [CONTEXT]}
    notice = Notice(REGISTRATION, notice_id, DEPLOYMENT, kind, NEW, claims, now, now)
    ReceiveNotice(site.course.house.transactions)(notice)
    site.course.work()


@pytest.mark.parametrize(("custom", "cookie"), [(MOODLE, True), (CANVAS, False)], ids=["as Moodle", "as Canvas"])
def test_a_copied_course_has_its_badges_as_drafts_and_the_teacher_settles_the_rest(
    site: Site, custom: dict[str, str], cookie: bool
) -> None:
    site.earn("ana")
    has = (Activity("q-77", "item", "Quiz 1", 100.0), Activity("m-8", "module", "Week 1"))
    tab = opened(site, custom, cookie=cookie)
    assert "“Lab safety”" not in tab.text
    assert [(one.name, one.state) for one in badges(site)] == [("Lab safety", AchievementState.DRAFT)]
    assert "1 badge that came from another course names something that is not settled here yet" in tab.text

    has_activities(site, *has)
    tab = opened(site, custom, cookie=cookie)
    review = tab.follow("Settle")
    assert "From “Laboratory Safety 101”" in review.text
    assert "Activity of the old course Quiz 1 Matched it has the same name" in review.text
    assert "Module of the old course Module 1 Missing nothing here has this name" in review.text
    field = next(one for one in review.page.all("select") if "module" in one.get("name"))
    review.press("Take these over", {field.get("name"): "m-8"})
    assert "The drafts name what this course has now." in review.text
    assert "Everything that the rules name has its place here." in review.text

    edit = review.follow("Lab safety").follow("Go on editing")
    assert "Score at least 80 % in Quiz 1 and complete Week 1." in edit.text
    edit.press("publish").press("publish:now")
    assert badges(site)[0].state is AchievementState.PUBLISHED
    # The learner's badge of the old course is as it was, and nobody was awarded here.
    assert site.award_of("ana")
    opened(site, custom, cookie=cookie)
    assert [one.state for one in badges(site)] == [AchievementState.PUBLISHED]


def test_a_notice_that_comes_before_the_course_and_comes_again_changes_nothing_twice(site: Site) -> None:
    told_by_notice(site)
    assert badges(site) == []
    opened(site)
    first = badges(site)
    assert [one.name for one in first] == ["Lab safety"]
    told_by_notice(site, "n2")
    opened(site, MOODLE)
    assert badges(site) == first


def test_a_notice_about_a_course_that_is_known_brings_the_badges_at_once(site: Site) -> None:
    opened(site)
    assert badges(site) == []
    has_activities(site, Activity("q-77", "item", "quiz  1", 100.0), Activity("m-8", "module", "Module 1"))
    told_by_notice(site)
    assert [one.name for one in badges(site)] == ["Lab safety"]
    assert "not settled here yet" not in opened(site).text


def test_a_launch_brings_no_drafts_of_others_and_learners_bring_nothing(site: Site) -> None:
    editor = Tab.at(site.open_session("instructor"), "/badges/new")
    editor.press("draft", {"name": "Secret plans"})
    site.open_session("learner", context=NEW, custom=MOODLE)
    assert badges(site) == []
    site.open_session("instructor", "other-teacher", context=NEW, custom=MOODLE)
    assert [one.name for one in badges(site)] == ["Lab safety"]


def test_a_teacher_brings_badges_by_hand_from_a_course_that_she_teaches_and_from_no_other(site: Site) -> None:
    site.open_session("instructor")
    Tab.at(site.open_session("instructor"), "/badges/new").press("draft", {"name": "Some day"})
    tab = opened(site).follow("From another course")
    tab.press("Bring over from Laboratory Safety 101")
    assert "They are here as drafts." in tab.text
    assert {one.name for one in badges(site)} == {"Lab safety", "Some day"}
    tab.press("Bring over from Laboratory Safety 101")
    assert "All badges of that course are here already" in tab.text
    stranger = site.open_session("instructor", "stranger", context="course-3")
    page = Tab.at(stranger, "/badges/copied")
    assert not page.has("Bring over from Laboratory Safety 101")
    assert stranger.post("/badges/copied/bring", source=site.course.course.id).status_code == 403
    assert stranger.post("/badges/copied/bring", source="no-course").status_code == 404


def test_what_the_teacher_has_changed_is_hers_and_wrong_choices_are_refused(site: Site) -> None:
    opened(site, MOODLE)
    session = site.open_session("instructor", context=NEW)
    wrong = session.post("/badges/copied/decide", **{'for:["item","quiz-1"]': "nowhere"})
    assert wrong.status_code == 422
    left_out = {'for:["item","quiz-1"]': "-", 'for:["module","module-1"]': "-"}
    assert session.post("/badges/copied/decide", **left_out).status_code == 303
    assert badges(site)[0].criteria is None
    badge = badges(site)[0]
    has_activities(site, Activity("q-77", "item", "Quiz 1", 100.0))
    Tab.at(session, f"/badges/{badge.id}/edit").press("add:rule:course_grade").press("draft", {"rule.0.minimum": "70"})
    assert session.post("/badges/copied/decide", **{'for:["item","quiz-1"]': "q-77"}).status_code == 303
    assert "left as it is" in Tab.at(session, "/badges/copied").text
    assert "q-77" not in str(badges(site)[0].criteria)
