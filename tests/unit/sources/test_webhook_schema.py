"""The published JSON Schema says what the parser takes, and the newer kinds of events become what they mean."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind
from lti_tool.sources import webhook

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SCHEMA = jsonschema_rs.validator_for(json.loads(webhook.schema_text()))
ITEM = {
    "id": "quiz-1",
    "type": "item",
    "title": "Quiz 1",
    "maximum": 20,
    "module_id": "m",
    "url": "https://lms.example/q",
}
RESULTS: dict[str, dict[str, Any]] = {
    "item.scored": {"activity": ITEM, "score": {"given": 17, "maximum": 20}, "attempt": 2},
    "item.submitted": {"activity": ITEM, "completed": True, "late": False, "submitted_at": "2026-05-04T11:00:00Z"},
    "item.completed": {"activity": ITEM, "completed": False},
    "module.completed": {"activity": {"id": "m", "type": "module"}, "completed": True},
    "course.graded": {"score": None, "letter": "B+", "variant": "final"},
    "course.completed": {"completed": True},
    "outcome.rated": {"outcome": {"id": "o-1", "title": "Measures"}, "letter": "Proficient", "completed": True},
    "fact.stated": {"fact": {"id": "attendance"}, "score": {"given": 9, "maximum": 10}},
}
KINDS = dict(zip(RESULTS, (
    FactKind.ITEM_SCORE, FactKind.ITEM_SUBMISSION, FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION,
    FactKind.COURSE_GRADE, FactKind.COURSE_COMPLETION, FactKind.OUTCOME_MASTERY, FactKind.EXTERNAL_FACT,
), strict=True))  # fmt: skip


def said(type_: str, **changes: Any) -> dict[str, Any]:
    data = {"context_id": "course-1", "user_id": "ana", "standing": ""} | deepcopy(RESULTS[type_]) | changes
    return {"type": type_, "timestamp": "2026-05-04T11:59:58Z", "data": data}


def accepts(value: Any) -> bool:
    try:
        event, _ = webhook.parse("msg_1", json.dumps(value).encode(), NOW)
    except BadgeToolError:
        return False
    return event is not None


@pytest.mark.parametrize("type_", RESULTS)
def test_each_type_becomes_its_kind_of_fact(type_: str) -> None:
    value = said(type_)
    assert SCHEMA.is_valid(value)
    event, activity = webhook.parse("msg_1", json.dumps(value).encode(), NOW)
    assert event is not None
    assert event.kind is KINDS[type_]
    assert event.target == (activity.id if activity else "")
    data = value["data"]
    assert (event.score, event.maximum) == (tuple(data["score"].values()) if data.get("score") else (None, None))
    assert (event.letter, event.attempt, event.variant, event.late) == (
        data.get("letter", ""), data.get("attempt"), data.get("variant", ""), data.get("late"),
    )  # fmt: skip
    assert event.completed == data.get("completed")


def test_other_names_of_people_and_courses() -> None:
    value = said("course.completed", user_id_kind="sis_user_id", context_id_kind="lms_course_id")
    event, _ = webhook.parse("msg_1", json.dumps(value).encode(), NOW)
    assert event is not None
    assert (event.subject_kind, event.context_kind) == ("sis_user_id", "lms_course_id")
    for wrong in ({"user_id_kind": "email"}, {"user_id_kind": "past_subject"}, {"context_id_kind": "title"}):
        assert not accepts(said("course.completed", **wrong))
        assert not SCHEMA.is_valid(said("course.completed", **wrong))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else ()
    return ([path] if path else []) + [place for name, part in inner for place in places(part, (*path, name))]


ODD = [None, True, 0, -1, 5, 1.5, 2e9, 1001, "", "x", "item", "module", "a\0b", "a\nb", "y" * 256, "z" * 2001, [], {},
       "javascript:x", "http://x", "2026-05-04T11:59:58Z", {"id": "x", "type": "module"}, {"id": "x"}]  # fmt: skip
# What a schema cannot say is left to the parser: times, and a score above its maximum.
TIMES = ("timestamp", "submitted_at")


@given(st.sampled_from(list(RESULTS)), st.data())
def test_the_schema_and_the_parser_agree(type_: str, data: st.DataObject) -> None:
    value = said(type_)
    path = data.draw(st.sampled_from([one for one in places(value) if one[-1] not in (*TIMES, "given", "type")]))
    inside = value
    for name in path[:-1]:
        inside = inside[name]
    if data.draw(st.booleans()):
        del inside[path[-1]]
    else:
        inside[path[-1]] = data.draw(st.sampled_from(ODD))
    score = value["data"].get("score") if isinstance(value.get("data"), dict) else None
    above = isinstance(score, dict) and isinstance(score.get("maximum"), int | float) and score["maximum"] < 17
    if not above:
        assert SCHEMA.is_valid(value) == accepts(value), value
