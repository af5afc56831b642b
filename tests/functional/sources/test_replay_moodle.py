"""What a real Moodle sent, through the real pipeline: badges for those whose real grades meet the rule."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.replay.moodle import main, replay_moodle

RECORDINGS = Path(__file__).parents[2] / "recordings" / "moodle"
# No socket at all, not even to this machine: the recordings answer everything.
pytestmark = pytest.mark.disable_socket


def score(item: str, minimum: float) -> dict[str, Any]:
    return {"type": "item_score", "item": item, "minimum": minimum, "unit": "percent"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RECORDINGS, tmp_path / "moodle"))


def change(path: Path, edit: Any) -> None:
    value = json.loads(path.read_text())
    edit(value)
    path.write_text(json.dumps(value))


@pytest.mark.parametrize(
    ("rule", "earners"),
    [
        (score("7", 80), {"18", "19"}),
        ({"type": "all", "parts": [score("7", 80), score("9", 80)]}, {"18"}),
        ({"type": "any", "parts": [score("9", 80), score("10", 100)]}, {"18", "20"}),
        ({"type": "at_least", "count": 2, "parts": [score("7", 80), score("9", 40), score("10", 80)]}, {"18", "19"}),
        ({"type": "course_grade", "minimum": 50, "unit": "percent"}, {"18", "20"}),
        ({"type": "course_grade", "minimum": 140, "unit": "points"}, {"18", "19"}),
        ({"type": "all", "parts": [score("7", 80), {"type": "item_completed", "item": "9"}]}, {"18"}),
        ({"type": "module_completed", "module": "section-7"}, set()),
        (score("8", 80), set()),
    ],
)  # fmt: skip
def test_real_grades_become_badges(rule: dict[str, Any], earners: set[str]) -> None:
    outcome = replay_moodle(RECORDINGS, rule)
    assert outcome.ok
    (course,) = outcome.courses
    assert (course.title, course.problem) == ("Badge Course 101", "")
    assert [learner.subject for learner in course.learners] == ["18", "19", "20", "21", "22"]
    assert {learner.subject for learner in course.learners if learner.award == "issued"} == earners
    assert {learner.subject for learner in course.learners if learner.verified} == earners
    assert outcome.awards == len(earners)


def test_the_genuine_launches_were_verified_in_their_order() -> None:
    launches = replay_moodle(RECORDINGS).launches
    assert [(launch.subject, launch.role) for launch in launches] == [
        ("18", "learner"),
        ("17", "instructor"),
        ("2", "instructor"),
    ]


def test_a_launch_that_was_touched_is_refused(copy: Path) -> None:
    def become_somebody_else(value: Any) -> None:
        (token,) = value["request"]["form"]["id_token"]
        head, payload, signature = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        forged = base64.urlsafe_b64encode(json.dumps(claims | {"sub": "21"}).encode()).decode().rstrip("=")
        value["request"]["form"]["id_token"] = [f"{head}.{forged}.{signature}"]

    change(copy / "launch_student.json", become_somebody_else)
    with pytest.raises(BadgeToolError) as refused:
        replay_moodle(copy)
    assert refused.value.code == "jwt.signature_invalid"


def test_another_grade_is_another_outcome(copy: Path) -> None:
    def fail_the_first(value: Any) -> None:
        value["response"]["body"]["usergrades"][0]["gradeitems"][0]["graderaw"] = 79.9

    change(copy / "ws_gradereport_user_get_grade_items_allusers.json", fail_the_first)
    (course,) = replay_moodle(copy, score("7", 80)).courses
    assert [learner.subject for learner in course.learners if learner.award] == ["19"]


def test_what_was_not_recorded_is_a_problem_and_not_a_success(copy: Path) -> None:
    (copy / "ws_core_course_get_contents.json").unlink()
    outcome = replay_moodle(copy)
    assert not outcome.ok
    assert "http.unreachable" in outcome.courses[0].problem


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rule = tmp_path / "rule.json"
    rule.write_text(json.dumps(score("7", 80)))
    assert main(RECORDINGS, rule, as_json=True) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["ok"], printed["awards"], len(printed["launches"])) == (True, 2, 3)


def test_the_command_prints_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(RECORDINGS, None, as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "badge     Stu1 Dent1" in lines
    assert "no badge  Stu2 Dent2" in lines
    assert lines[-1] == "1 badges awarded"


@pytest.mark.parametrize(
    ("content", "status", "said"), [("{", 2, "is not JSON"), ('{"type": "wish"}', 1, "criteria.invalid")]
)
def test_the_command_says_what_is_wrong_with_a_rule(
    content: str, status: int, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rule = tmp_path / "rule.json"
    rule.write_text(content)
    assert main(RECORDINGS, rule, as_json=False) == status
    assert said in capsys.readouterr().err


def test_an_empty_folder_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(tmp_path, None, as_json=False) == 1
    assert "replay.no_launches" in capsys.readouterr().err
