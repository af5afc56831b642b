"""Rows EV20 and EV27 to EV34 of the events catalogue: what a verified body may say."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.sources import webhook

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CODES = {
    "event.malformed": 400,
    "event.duplicate_key": 400,
    "event.too_large": 413,
    "event.score_invalid": 422,
    "event.time_invalid": 422,
}


def body(kind: str = "item.scored", **changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "deployment_id": "1",
        "context_id": "course-1",
        "user_id": "learner-1",
        "activity": {
            "id": "quiz-1",
            "type": "module" if kind == "module.completed" else "item",
            "title": "Quiz 1",
            "maximum": 20,
            "module_id": "module-1",
            "url": "https://lms.example/quiz-1",
        },
        "score": {"given": 17.5, "maximum": 20} if kind in ("item.scored", "course.graded") else None,
        "completed": True if kind.endswith("completed") else None,
    }
    if kind == "course.graded":
        data["activity"] = None
    return {"type": kind, "timestamp": "2026-05-04T11:59:58.250Z", "data": data | changes}


def parse(value: Any, event_id: str = "msg_1") -> tuple[LearningEvent | None, Activity | None]:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return webhook.parse(event_id, raw, NOW)


def refusal(value: Any) -> str:
    with pytest.raises(BadgeToolError) as refused:
        parse(value)
    assert refused.value.status == CODES[refused.value.code]
    return refused.value.code


def test_a_score() -> None:
    event, activity = parse(body())
    assert event == LearningEvent(
        event_id="msg_1",
        source="webhook",
        context_id="course-1",
        subject="learner-1",
        kind=FactKind.ITEM_SCORE,
        target="quiz-1",
        occurred_at=datetime(2026, 5, 4, 11, 59, 58, 250_000, tzinfo=UTC),
        score=17.5,
        maximum=20.0,
        completed=None,
        deployment_id="1",
    )
    assert activity == Activity("quiz-1", "item", "Quiz 1", 20.0, "module-1", "https://lms.example/quiz-1")


@pytest.mark.parametrize(
    ("kind", "fact", "target"),
    [
        ("item.completed", FactKind.ITEM_COMPLETION, "quiz-1"),
        ("module.completed", FactKind.MODULE_COMPLETION, "quiz-1"),
        ("course.graded", FactKind.COURSE_GRADE, ""),
    ],
)
def test_the_other_types(kind: str, fact: FactKind, target: str) -> None:
    event, activity = parse(body(kind))
    assert event is not None
    assert (event.kind, event.target) == (fact, target)
    assert event.completed is (True if kind.endswith("completed") else None)
    assert event.score == (17.5 if kind == "course.graded" else None)
    assert (activity is None) == (kind == "course.graded")


def test_null_withdraws_a_grade_and_silence_does_not() -> None:
    event, _ = parse(body(score=None))
    assert event is not None
    assert event.score is None
    silent = body()
    del silent["data"]["score"]
    assert refusal(silent) == "event.score_invalid"


def test_a_completion_can_be_taken_back() -> None:
    event, _ = parse(body("item.completed", completed=False))
    assert event is not None
    assert event.completed is False


def test_the_deployment_may_be_left_out_and_more_members_may_stand_there() -> None:
    value = body(colour="green") | {"version": 7}
    del value["data"]["deployment_id"]
    event, _ = parse(value)
    assert event is not None
    assert event.deployment_id is None


def test_a_local_time_with_its_offset_is_the_same_instant() -> None:
    event, _ = parse(body() | {"timestamp": "2026-05-04T13:59:58.250+02:00"})
    assert event == parse(body())[0]


@pytest.mark.parametrize(
    "timestamp",
    [
        None, 1777895998, True, "", "yesterday", "2026-05-04", "2026-05-04T11:59:58", "1970-01-01T00:00:00Z",
        "2100-01-01T00:00:00Z", "2026-05-06T00:00:00Z", "0001-01-01T00:00:00+14:00", "2026-05-04T11:59:61Z",
    ],
)  # fmt: skip
def test_ev20_unusable_times(timestamp: Any) -> None:
    assert refusal(body() | {"timestamp": timestamp}) == "event.time_invalid"


def test_ev20_no_time() -> None:
    value = body()
    del value["timestamp"]
    assert refusal(value) == "event.time_invalid"


@pytest.mark.parametrize("kind", ["item.viewed", "item.scored.v2", "", "ITEM.SCORED"])
def test_ev27_an_unknown_type_is_ignored(kind: str) -> None:
    assert parse({"type": kind, "timestamp": "whenever", "data": 5}) == (None, None)


@pytest.mark.parametrize(
    "score",
    [
        {"given": 21, "maximum": 20}, {"given": -1, "maximum": 20}, {"given": "85%", "maximum": 100},
        {"given": "8,5", "maximum": 10}, {"given": None, "maximum": 20}, {"given": True, "maximum": 20},
        {"given": 5}, {"maximum": 20}, {"given": 1, "maximum": -20}, {"given": 10**400, "maximum": 10**401},
        {"given": [1], "maximum": 20}, 17, "17", [],
    ],
)  # fmt: skip
def test_ev28_scores_that_are_none(score: Any) -> None:
    assert refusal(body(score=score)) == "event.score_invalid"


@pytest.mark.parametrize("literal", ["1e999", "-1e999"])
def test_ev28_infinite_scores(literal: str) -> None:
    raw = json.dumps(body()).replace("17.5", literal).encode()
    assert refusal(raw) == "event.score_invalid"


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "9" * 5000, "1.", "01", "+1", "0x10"])
def test_ev28_numbers_that_json_has_not(literal: str) -> None:
    assert refusal(json.dumps(body()).replace("17.5", literal).encode()) == "event.malformed"


def test_ev29_out_of_nothing() -> None:
    assert refusal(body(score={"given": 0, "maximum": 0})) == "event.score_invalid"


@pytest.mark.parametrize("name", ["context_id", "user_id", "deployment_id"])
@pytest.mark.parametrize("value", ["", 5, True, ["a"], "a\u0000b", "a\nb", "\ud800", "x" * 256])
def test_ev31_ids_that_cannot_be_kept(name: str, value: Any) -> None:
    assert refusal(body(**{name: value})) == "event.malformed"


@pytest.mark.parametrize("raw", [b"", b"\xff", b"{", b"[]", b"null", b'"x"', b"{}", b'{"type": 5}', b"\xef\xbb\xbf{}"])
def test_ev31_bodies_that_are_no_event(raw: bytes) -> None:
    assert refusal(raw) == "event.malformed"


def test_ev32_duplicate_keys_at_any_depth() -> None:
    raw = json.dumps(body())
    assert refusal(raw.replace('"user_id"', '"user_id": "other", "user_id"').encode()) == "event.duplicate_key"
    assert refusal(raw.replace('"type": "item.scored"', '"type": "x", "type": "y"').encode()) == "event.duplicate_key"
    assert refusal(raw.replace('"given"', '"given": 1, "giv\\u0065n"').encode()) == "event.duplicate_key"


def test_ev33_too_large() -> None:
    padding = " " * (webhook.MAX_BODY_BYTES - len(json.dumps(body())))
    assert parse((json.dumps(body()) + padding).encode())[0] is not None
    assert refusal((json.dumps(body()) + padding + " ").encode()) == "event.too_large"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_ev34_deep_nesting(opening: str) -> None:
    assert refusal((opening * 40_000).encode()) == "event.malformed"
    nested: Any = 1
    for _ in range(20):
        nested = [nested]
    assert refusal(body(extra=nested)) == "event.malformed"


@pytest.mark.parametrize(
    "changes",
    [
        {"activity": None}, {"activity": {"id": "m", "type": "module"}}, {"activity": {"id": "q"}},
        {"activity": "quiz-1"}, {"activity": {"id": "q", "type": "item", "url": "javascript:alert(1)"}},
        {"activity": {"id": "q", "type": "item", "maximum": "20"}},
    ],
)  # fmt: skip
def test_an_activity_fits_its_event(changes: dict[str, Any]) -> None:
    assert refusal(body(**changes)) == "event.malformed"


def test_a_course_grade_has_no_activity_and_a_completion_says_which() -> None:
    assert refusal(body("course.graded", activity=body()["data"]["activity"])) == "event.malformed"
    assert refusal(body("item.completed", completed=None)) == "event.malformed"
    assert refusal(body("item.completed", completed=1)) == "event.malformed"


@pytest.mark.parametrize("event_id", ["", "x" * 256, "a\nb", "ü"])
def test_an_id_is_short_and_printable(event_id: str) -> None:
    with pytest.raises(BadgeToolError) as refused:
        parse(body(), event_id)
    assert refused.value.code == "event.malformed"


def test_ev50_markup_in_a_title_is_kept_as_text() -> None:
    title = "<script>alert(1)</script>'; DROP TABLE awards; --"
    value = body()
    value["data"]["activity"]["title"] = title
    activity = parse(value)[1]
    assert activity is not None
    assert activity.title == title


def test_a_refusal_repeats_nothing_of_the_sender() -> None:
    with pytest.raises(BadgeToolError) as refused:
        parse(body(user_id=["secret-of-mine"]))
    assert "secret-of-mine" not in str(refused.value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PLACES = [
    *((name,) for name in ("type", "timestamp", "data")),
    *(("data", name) for name in body()["data"]),
    *(("data", "score", name) for name in ("given", "maximum")),
    *(("data", "activity", name) for name in ("id", "type", "title", "maximum", "module_id", "url")),
]


def heard(raw: bytes) -> None:
    """Nothing but an event, silence or a refusal with a known code."""
    try:
        event, _ = webhook.parse("msg_1", raw, NOW)
    except BadgeToolError as error:
        refused = error
    else:
        # What was accepted can be stored and read again.
        assert event is None or LearningEvent.from_json(json.loads(json.dumps(event.to_json()))) == event
        return
    assert refused.status == CODES[refused.code]


@given(st.binary(max_size=300))
def test_random_bytes_do_no_harm(raw: bytes) -> None:
    heard(raw)


@given(
    st.sampled_from(["item.scored", "item.completed", "module.completed", "course.graded"]),
    st.sampled_from(PLACES),
    anything,
)
def test_a_strange_value_in_any_place_does_no_harm(kind: str, place: tuple[str, ...], value: Any) -> None:
    whole = body(kind)
    holder: Any = whole
    for name in place[:-1]:
        holder = holder[name]
    if isinstance(holder, dict):
        holder[place[-1]] = value
    heard(json.dumps(whole).encode("utf-8", "surrogatepass"))


@given(anything)
def test_any_json_does_no_harm(value: Any) -> None:
    heard(json.dumps(value).encode())
