"""What the teacher's pages say in words: the dry run, long lists of learners, the reading's failures."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_tool.images import BadgeDesign, draw
from lti_tool.usecases.edit_achievement import AchievementForm
from lti_tool.usecases.ports import Member
from lti_tool.usecases.read_course import merge_roster
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from lti_tool.web.present.spreadsheet import safe_cell
from tests.factories.house import RULE
from tests.functional.web.conftest import Site

QUIZ_AND_MODULE = {
    "rule.joiner": "all",
    "rule.0.type": "item_score",
    "rule.0.target": "quiz-1",
    "rule.0.minimum": "80",
    "rule.0.unit": "percent",
    "rule.1.type": "module_completed",
    "rule.1.target": "module-1",
}


@pytest.fixture
def blueprint_makers():
    return (learner_blueprint, instructor_blueprint)


def test_dry_run_names_who_would_earn_it_and_why_not(site: Site) -> None:
    site.earn("ana")
    site.course.hear(site.course.score("ben", 62.0), site.course.module("ben"))
    site.course.work()
    site.course.clock.pass_time(minutes=4)
    page = _plain(site.open_session("instructor").post("/badges/new/form", op="check", **QUIZ_AND_MODULE).text)
    assert "Score at least 80 % in Quiz 1 and complete Module 1." in page
    assert "If published now 1 gets it at once Ana" in page
    assert "1 one step away Ben" in page
    assert "62 of 100 (62 %) , at least 80 % needed" in page
    assert "3 not yet" in page
    assert "Data as of 4 minutes ago" in page


def test_dry_run_of_a_live_badge_tells_of_its_holders(site: Site) -> None:
    site.earn("ana")
    harder = QUIZ_AND_MODULE | {"rule.0.minimum": "99", "name": "Lab safety", "description": "x"}
    path = f"/badges/{site.badges['lab'].id}/form"
    page = _plain(site.open_session("instructor").post(path, op="check", **harder).text)
    assert "If saved now" in page
    assert "1 has it already Ana" in page
    assert "Nobody loses a badge by a changed rule" in page


def test_dry_run_lists_a_part_of_a_large_course_and_counts_all(site: Site) -> None:
    _enrol(site, 40)
    page = _plain(site.open_session("instructor").post("/badges/new/form", op="check", **QUIZ_AND_MODULE).text)
    assert "45 not yet" in page
    assert "and 20 more" in page


def test_unchanged_badge_stays_the_same_version(site: Site) -> None:
    course_id, text = site.course.course.id, "Line one.\nLine two."
    png = draw(BadgeDesign("red", "star", "rocket"))
    made = site.services.edit.create(course_id, AchievementForm("Same", text, RULE, png, "red/star/rocket"))
    ines = site.open_session("instructor")
    sent = {
        "colour": "red",
        "shape": "star",
        "symbol": "rocket",
        "name": "Same",
        "description": "Line one.\r\nLine two.",
    }
    ines.post(f"/badges/{made.id}/form", op="draft", **sent, **QUIZ_AND_MODULE)
    assert site.services.course.badge(course_id, made.id).achievement == made


def test_long_list_has_pages(site: Site) -> None:
    _enrol(site, 60)
    ines, path = site.open_session("instructor"), f"/badges/{site.badges['lab'].id}"
    first, third = ines.view(path).text, ines.view(f"{path}?page=3").text
    assert len(_names(first)) == 25
    assert "Page 1 of 3" in first
    assert _names(third)[-1] == "Learner 59"


def test_link_to_a_learner_opens_her_line_on_whatever_page(site: Site) -> None:
    _enrol(site, 60)
    rows = site.services.course.badge(site.course.course.id, site.badges["lab"].id).rows
    person = next(row.person for row in rows if row.person.name == "Learner 59")
    path = f"/badges/{site.badges['lab'].id}?person={person.id}&show=earned"
    page = site.open_session("instructor").view(path).text
    assert "Page 3 of 3" in page
    assert re.search(rf'id="learner-{person.id}".*?<details open>', page, re.DOTALL)


def test_withdrawn_badge_is_cleared_in_the_gradebook_only_once_it_is(site: Site) -> None:
    award, person = site.earn("ana"), site.course.people["ana"].id
    ines, path = site.open_session("instructor"), f"/badges/{site.badges['lab'].id}"
    assert "In the gradebook" in ines.view(path).text
    site.course.clock.pass_time(minutes=1)
    ines.post(f"{path}/awards/{award}/withdraw", person=person, reason="Copied.")
    assert "On its way to the gradebook" in ines.view(path).text
    site.course.work()
    assert "Gradebook cleared" in ines.view(path).text


def test_an_award_tells_every_time_on_its_way(site: Site) -> None:
    course, start = site.course, site.course.clock.now()
    early = [course.score("ana", 91.0, at=start), course.module("ana", at=start)]
    course.clock.pass_time(minutes=1)
    course.hear(*early)
    course.clock.pass_time(minutes=2)
    course.work()
    page = _plain(site.open_session("instructor").view(f"/badges/{site.badges['lab'].id}").text)
    assert (
        "How fresh 1 September 2026, 08:00:00 UTC Happened in the learning platform"
        " 1 September 2026, 08:01:00 UTC Heard of here 1 September 2026, 08:03:00 UTC Weighed, and earned"
        " 1 September 2026, 08:03:00 UTC Signed and issued 1 September 2026, 08:03:00 UTC Put in the gradebook"
    ) in page


def test_failed_reading_names_every_cause(site: Site) -> None:
    with site.course.house.transactions() as unit:
        error = "roster.unavailable: The platform did not answer.; moodle.refused: The token was refused."
        unit.courses.save_reading(site.course.course.id, read_error=error)
        unit.commit()
    text = _plain(site.open_session("instructor").view("/badges").text)
    assert "The platform did not answer. Code for your administrator: roster.unavailable" in text
    assert "The token was refused. Code for your administrator: moodle.refused" in text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "  =1", "|cmd", "＝1"])
def test_formula_is_made_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_plain_cell_stays() -> None:
    assert safe_cell("Ana-Maria = Ana") == "Ana-Maria = Ana"


def test_what_people_type_is_shown_as_text(site: Site) -> None:
    fields = {"name": '"><img src=x>', "description": "</textarea><script>1</script>", "rule.0.minimum": '"><b>'}
    page = site.open_session("instructor").post("/badges/new/form", op="draft", **QUIZ_AND_MODULE | fields).text
    for word in ("<img src=x>", "<script>1", '"><b>'):
        assert word not in page


_KEYS = st.sampled_from([*QUIZ_AND_MODULE, "rule.count", "rule.1.joiner", "op", "name", "colour", "rule.0.0.type"])
_WORDS = ["save", "publish", "publish:now", "draft", "add:rule:group", "up:rule.1", "remove:rule.9", "group", "9" * 30]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(fields=st.dictionaries(_KEYS, st.text(max_size=30) | st.sampled_from(_WORDS)), scripted=st.booleans())
def test_no_form_makes_the_editor_crash(site: Site, fields: dict[str, str], scripted: bool) -> None:
    ines = site.open_session("instructor")
    headers = {"X-Launch-Token": ines.token} if scripted else {}
    sent = QUIZ_AND_MODULE | fields | {"launch_token": ines.token}
    for path in ("new", site.badges["lab"].id):
        assert ines.client.post(f"/s/{ines.id}/badges/{path}/form", data=sent, headers=headers).status_code < 500


def _enrol(site: Site, count: int) -> None:
    members = [Member(f"l{number}", ("Learner",), name=f"Learner {number:02}") for number in range(count)]
    with site.course.house.transactions() as unit:
        merge_roster(unit, site.course.course, [*site.course.platform.members, *members])
        unit.commit()


def _names(html: str) -> list[str]:
    return re.findall(r'class="learner-name">(?:<label><input[^>]*> )?([^<]+)<', html)


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
