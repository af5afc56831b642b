"""The story's runner: it stops at the first step that does not hold, and says so."""

from __future__ import annotations

import pytest

from lti_tool.demo.once import Outcome, run_steps
from lti_tool.demo.waiting import NotAsTold, expect, until


def test_steps_run_in_order_and_say_what_was_seen() -> None:
    outcome, said = Outcome(), []
    run_steps([("one", lambda: "first"), ("two", lambda: "second")], outcome, lambda text, **_: said.append(text))
    assert outcome.ok
    assert [(step.name, step.ok, step.detail) for step in outcome.steps] == [
        ("one", True, "first"),
        ("two", True, "second"),
    ]
    assert "one" in said[0]
    assert "first" in said[1]


def test_the_first_step_that_does_not_hold_is_the_last() -> None:
    outcome, ran = Outcome(), []

    def breaks() -> str:
        raise NotAsTold("the badge\nis missing")

    run_steps(
        [("one", lambda: "ok"), ("two", breaks), ("three", lambda: ran.append(3) or "")], outcome, lambda *_, **__: None
    )
    assert not outcome.ok
    assert ran == []
    assert [step.name for step in outcome.steps] == ["one", "two"]
    assert outcome.steps[-1].detail == "NotAsTold: the badge is missing"


def test_nothing_played_is_not_a_success() -> None:
    assert not Outcome().ok


def test_the_json_has_the_promised_members() -> None:
    outcome = Outcome()
    run_steps([("one", lambda: "seen")], outcome, lambda *_, **__: None)
    outcome.seconds, outcome.awards, outcome.credentials = 1.23456, 1, ["/out/a.json"]
    ms = outcome.steps[0].ms
    assert outcome.to_json() == {
        "ok": True,
        "seconds": 1.235,
        "steps": [{"name": "one", "ok": True, "ms": ms, "detail": "seen"}],
        "awards": 1,
        "credentials": ["/out/a.json"],
    }


def test_waiting_ends_with_the_first_answer_or_with_an_error() -> None:
    answers = iter([None, False, "there"])
    found, ms = until(lambda: next(answers), within=5, what="it")
    assert found == "there"
    assert 150 <= ms < 5000
    with pytest.raises(NotAsTold, match=r"it did not happen within 0\.05 s"):
        until(lambda: None, within=0.05, what="it")
    with pytest.raises(NotAsTold, match="not so"):
        expect("", "not so")
