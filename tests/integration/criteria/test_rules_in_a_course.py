"""Rules weighed against what a course has: what is not its own, and what leads back to the badge itself."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema_rs
import pytest
from sqlalchemy import text

from lti_tool.bootstrap.site import create_site
from lti_tool.domain.criteria import CriteriaError, to_json
from lti_tool.domain.identity import derived_id
from lti_tool.domain.platform import Activity
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from tests.factories.house import TestHouse, draw_any, make_house

QUIZ = {"type": "item_score", "item": "quiz-1", "minimum": 80}


@pytest.fixture
def lab(furnished_database_url, tmp_path) -> TestHouse:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


def save(lab: TestHouse, rule: object, badge: str = "", course: str = "") -> str:
    edit = EditAchievement(lab.house.transactions, lab.clock)
    form = AchievementForm("Lab safety", "Works safely.", rule, draw_any(), "teal/shield/flask")
    course = course or lab.course.id
    return (edit.change(course, badge, form) if badge else edit.create(course, form)).id


def other_course(lab: TestHouse) -> str:
    other = replace(lab.course, id=derived_id("course", "other"), context_id="other", title="Other")
    with lab.house.transactions() as unit:
        unit.courses.save(other)
        unit.courses.save_activities(other.id, [Activity("theirs", "item", "Theirs", 10.0)], lab.clock.now())
        unit.commit()
    return other.id


@pytest.mark.parametrize(
    ("rule", "code", "path"),
    [
        ({"type": "item_completed", "item": "theirs"}, "criteria.target_unknown", "/parts/1"),
        ({"type": "badge_held", "achievement": "nobodys"}, "criteria.target_unknown", "/parts/1"),
        ({"type": "module_completed", "module": "quiz-1"}, "criteria.target_unknown", "/parts/1"),
        (QUIZ | {"only_for": ["their-group"]}, "criteria.target_unknown", "/parts/1"),
        (
            {"type": "module_share", "module": "module-1", "minimum": 50, "items": ["quiz-1", "theirs"]},
            "criteria.target_unknown",
            "/parts/1",
        ),
        (QUIZ | {"minimum": 101, "unit": "points"}, "criteria.unreachable", "/parts/1"),
    ],
)
def test_what_is_not_in_the_course_is_refused_with_its_place(lab, rule, code, path):
    other_course(lab)
    with pytest.raises(CriteriaError) as refused:
        save(lab, {"type": "all", "parts": [QUIZ, rule]})
    assert (refused.value.code, refused.value.path) == (code, path)


def test_a_circle_through_three_badges_of_two_courses_is_refused_where_it_closes(lab):
    theirs = other_course(lab)
    first = save(lab, QUIZ)
    second = save(lab, {"type": "badge_held", "achievement": first}, course=theirs)
    third = save(lab, {"type": "all", "parts": [QUIZ, {"type": "badge_held", "achievement": second}]})
    for asked in (first, third, second):
        with pytest.raises(CriteriaError) as refused:
            save(lab, {"type": "any", "parts": [QUIZ, {"type": "badge_held", "achievement": asked}]}, badge=first)
        assert (refused.value.code, refused.value.path) == ("criteria.circular", "/parts/1")
    elsewhere = {"type": "badge_held", "achievement": "https://example.org/achievements/1"}
    assert save(lab, elsewhere, badge=first) == first


def test_it_is_stored_with_its_version_and_what_an_older_version_stored_is_read(lab):
    badge = save(lab, QUIZ)
    with lab.house.engine.begin() as connection:
        stored = connection.execute(text("SELECT criteria FROM achievement_versions")).scalar_one()
        stored = json.loads(stored) if isinstance(stored, str) else stored
        assert stored == {"version": 2, "criteria": QUIZ | {"minimum": 80.0, "unit": "percent"}}
        connection.execute(text("UPDATE achievement_versions SET criteria = :old"), {"old": json.dumps(QUIZ)})
    with lab.house.transactions(write=False) as unit:
        assert to_json(unit.achievements.latest(badge).criteria) == stored["criteria"]


def test_the_schema_is_published_at_its_address(lab):
    answer = create_site(lab.house).test_client().get("/schemas/criteria-2.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/schema+json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    validator = jsonschema_rs.validator_for(json.loads(answer.text))
    assert validator.is_valid({"version": 2, "criteria": QUIZ})
    assert not validator.is_valid({"version": 2, "criteria": QUIZ | {"minimun": 3}})
