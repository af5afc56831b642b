"""Mastery of learning outcomes: the newest result of each learner for each outcome."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from pydantic import ValidationError

from lti_tool.domain.canvas_ids import outcome_target
from lti_tool.domain.learning_event import EARLIEST_EVENT, FactKind, Standing
from lti_tool.sources.canvas_rest import errors
from lti_tool.sources.canvas_rest.rows import Id, Number, Row, Time, read_rows
from lti_tool.sources.canvas_rest.statements import Statements


class _Links(Row):
    user: Id
    learning_outcome: Id


class _Result(Row):
    score: Number | None = None
    submitted_or_assessed_at: Time | None = None
    hidden: bool = False
    links: _Links


class _Outcome(Row):
    id: Id
    title: str | None = None
    mastery_points: Number | None = None
    points_possible: Number | None = None


class _Linked(Row):
    outcomes: list[Any] | None = None


class _Page(Row):
    outcome_results: list[Any]
    linked: _Linked | None = None


def say_outcomes(pages: Iterable[Any], learners: Collection[int], say: Statements) -> None:
    """Mastered is a score of at least the outcome's mastery points. Raises `canvas.unexpected`."""
    outcomes: dict[int, _Outcome] = {}
    newest: dict[tuple[int, int], _Result] = {}
    for value in pages:
        try:
            page = _Page.model_validate(value)
        except ValidationError:
            raise errors.unexpected() from None
        linked = page.linked.outcomes if page.linked else None
        outcomes |= {one.id: one for one in read_rows(_Outcome, linked or ())}
        for result in read_rows(_Result, page.outcome_results):
            key = (result.links.user, result.links.learning_outcome)
            if result.links.user in learners and _is_newer(result, newest.get(key)):
                newest[key] = result
    for (user_id, outcome_id), result in newest.items():
        _say(user_id, outcome_id, result, outcomes.get(outcome_id), say)


def _is_newer(result: _Result, held: _Result | None) -> bool:
    if held is None:
        return True
    return (result.submitted_or_assessed_at or EARLIEST_EVENT) > (held.submitted_or_assessed_at or EARLIEST_EVENT)


def _say(user_id: int, outcome_id: int, result: _Result, outcome: _Outcome | None, say: Statements) -> None:
    at, target = result.submitted_or_assessed_at, outcome_target(outcome_id)
    if result.hidden:
        say.say(user_id, FactKind.OUTCOME_MASTERY, target, at, standing=Standing.HIDDEN)
        return
    possible = outcome.points_possible if outcome else None
    mastery = outcome.mastery_points if outcome else None
    mastered = None if result.score is None or mastery is None else result.score >= mastery
    maximum = possible if possible and result.score is not None else None
    say.say(user_id, FactKind.OUTCOME_MASTERY, target, at, score=result.score, maximum=maximum, completed=mastered)
