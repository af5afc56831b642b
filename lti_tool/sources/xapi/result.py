"""The result of a statement: a score in points, and whether something is complete (xAPI 1.0.3, part two, 2.4.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lti_tool.sources.values import mapping, number, points, score_invalid
from lti_tool.sources.xapi import terms

# A scaled score is a share of the whole.
SCALED_MAXIMUM = 100.0


@dataclass(frozen=True, slots=True)
class Score:
    """`given` of `maximum` points, or percent where only a share was told (`is_scaled`)."""

    given: float
    maximum: float
    is_scaled: bool = False


def score_of(verb: str, result: Any) -> Score | None:
    """The score; None where the statement tells none and need not. Raises `event.score_invalid`.

    `scaled` is read only without `raw` and `max`: Moodle's plug-in writes 0.0 there whatever was given.
    """
    if verb in terms.UNCOMPLETED:
        return None
    told = mapping(result).get("score")
    if told is None:
        if verb in terms.SCORED:
            raise score_invalid("The statement tells no score.")
        return None
    if not isinstance(told, dict):
        raise score_invalid("The score is not an object.")
    if told.get("raw") is not None and told.get("max") is not None:
        lowest = number(told["min"]) if told.get("min") is not None else 0.0
        return Score(*points(number(told["raw"]), lowest, number(told["max"])))
    if told.get("scaled") is None:
        raise score_invalid("A score has raw and max, or scaled.")
    given, _ = points(number(told["scaled"]), 0.0, 1.0)
    return Score(given * SCALED_MAXIMUM, SCALED_MAXIMUM, is_scaled=True)


def completion_of(verb: str, result: Any) -> bool | None:
    """Whether the activity is complete; None where nothing is said of that.

    Complete with a failing result is not complete here, as nobody earns a badge for what she failed. A failed attempt
    takes nothing back: an earlier one may have been enough.
    """
    if verb in terms.UNCOMPLETED:
        return False
    outcome = mapping(result)
    told, success = outcome.get("completion"), outcome.get("success")
    if verb in terms.COMPLETED:
        return told is not False and success is not False
    if verb in terms.PASSED and told is True:
        return success is not False
    return None
