"""The rule as a file: out of one editor, into another, and never half of it."""

from __future__ import annotations

import json

import pytest

from lti_tool.demo.forms import Upload
from lti_tool.domain.criteria import to_json
from lti_tool.domain.platform import Activity
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

TREE = {
    "type": "all",
    "parts": [
        {"type": "item_score", "item": "quiz-1", "minimum": 80.0, "unit": "percent", "take": "best"},
        {
            "type": "credits",
            "total": 3.0,
            "parts": [
                {"type": "item_submitted", "item": "essay", "on_time": True, "credits": 2.0},
                {
                    "type": "item_completed",
                    "item": "essay",
                    "skill": {"name": "Writing", "uri": "https://example.org/skills/1", "kind": "esco"},
                    "window": {"until": "2026-12-01T00:00:00+00:00"},
                },
            ],
        },
        {"type": "not", "parts": [{"type": "external_fact", "fact": "late-arrival"}]},
        {"type": "evidence_approved", "evidence": "portfolio", "optional": True},
    ],
}


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


def editor(site: Site) -> Tab:
    return Tab.at(site.open_session("instructor", cookie=True), "/badges/new")


def take(tab: Tab, content: bytes) -> Tab:
    return tab.press("import", {"name": "From a file"}, {"rule_file": Upload("rule.json", content, "application/json")})


def document(tree: object) -> bytes:
    return json.dumps({"version": 2, "criteria": tree}).encode()


def test_a_rule_goes_out_as_a_file_and_comes_back(site: Site) -> None:
    tab = take(editor(site), document(TREE))
    assert "The rule was taken from the file." in tab.text
    assert "Score at least 80 % in the best attempt at Quiz 1" in tab.text
    with site.course.house.transactions(write=False) as unit:
        assert [badge.name for badge in unit.achievements.of_course(site.course.course.id)] == ["Lab safety"]
    tab.press("draft")
    with site.course.house.transactions(write=False) as unit:
        stored = {badge.name: badge for badge in unit.achievements.of_course(site.course.course.id)}["From a file"]
    assert stored.criteria is not None
    assert to_json(stored.criteria) == TREE
    again = Tab.at(site.open_session("instructor", cookie=True), f"/badges/{stored.id}/edit").press("export")
    assert again.response.headers["Content-Disposition"] == "attachment; filename=badge-criteria.json"
    saved = json.loads(again.response.data)
    assert saved["criteria"] == TREE
    assert saved["$schema"].endswith("/schemas/criteria-2.json")
    assert to_json(stored.criteria) == json.loads(document(TREE))["criteria"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file first"),
        (b"\x00\xff", "not JSON"),
        (b'{"version": 2, "version": 2}', "not JSON"),
        (document({"type": "all", "parts": [{"type": "sleep"}]}), "(at /parts/0)"),
        (document(TREE | {"hidden": "<script>"}), "means nothing here"),
        (b'{"version": 9, "criteria": {}}', "not known here"),
        (b" " * (256 * 1024 + 1), "larger than"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_rule_is_refused_and_the_form_stays_as_it_was(site: Site, content: bytes, words: str) -> None:
    tab = editor(site).press("add:rule:manual_approval", {"name": "Mine"})
    take(tab, content)
    assert tab.status == 422
    assert words in tab.text
    assert tab.field("rule.0.type").get("value") == "manual_approval"
    assert tab.field("name").get("value") == "From a file"


def test_what_this_course_does_not_have_is_said_beside_the_field(site: Site) -> None:
    tab = take(editor(site), document({"type": "item_completed", "item": "of-another-course"}))
    assert "Condition 1: The course does not have this any more. Choose another one." in tab.text


def test_text_is_text(site: Site) -> None:
    with site.course.house.transactions() as unit:
        found = [Activity("x", "item", "<img src=x onerror=alert(1)>")]
        unit.courses.save_activities(site.course.course.id, found, site.course.clock.now())
        unit.commit()
    tree = {"type": "item_completed", "item": "x", "skill": {"name": "<b>bold</b>", "uri": "https://e.org/1"}}
    tab = take(editor(site), document(tree))
    assert "<img src=x" not in tab.response.text
    assert "<b>bold" not in tab.response.text
    assert "Complete <img src=x onerror=alert(1)>." in tab.text
