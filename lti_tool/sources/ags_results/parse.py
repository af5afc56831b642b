"""AGS 2.0 Result objects as events (https://www.imsglobal.org/spec/lti-ags/v2p0#result-service)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import EARLIEST_EVENT, FactKind, LearningEvent

SOURCE = "ags_results"
# Another machine's clock; a day covers a wrong time zone as well.
LATEST = timedelta(days=1)
LONGEST_TARGET = 255

log = structlog.get_logger(__name__)


def parse_results(results: Iterable[Any], lineitem_url: str, context_id: str, read_at: datetime) -> list[LearningEvent]:
    """ITEM_SCORE of the column for each learner with a score; `lineitem_url` is the target, as the platform gave it.

    AGS gives a result no time, and Moodle adds one. Without it the event's time is `read_at`, so that the newest
    reading counts. A result without a score says nothing. What cannot be read is left out and logged.
    """
    events: list[LearningEvent] = []
    if len(lineitem_url) > LONGEST_TARGET:
        raise BadgeToolError("results.address_too_long", "The column's address is too long to be kept.", status=502)
    for result in results:
        try:
            event = _event(result, lineitem_url, context_id, read_at)
        except BadgeToolError as error:
            log.warning("results.result_skipped", code=error.code)
            continue
        if event is not None:
            # The id has the time of the reading in it where there is no other: what comes back is another event.
            events.append(replace(event, event_id=replace(event, is_timed=True).content_hash()))
    return events


def has_score(result: Any) -> bool:
    """Whether it is anything but a result without a score."""
    return not isinstance(result, Mapping) or result.get("resultScore") is not None


def no_score(subject: str, lineitem_url: str, context_id: str) -> LearningEvent:
    """That the learner has no score in the column (any more); for an Absence."""
    where = (context_id, subject, FactKind.ITEM_SCORE, lineitem_url)
    return LearningEvent("unnamed", SOURCE, *where, EARLIEST_EVENT)


def _event(result: Any, lineitem_url: str, context_id: str, read_at: datetime) -> LearningEvent | None:
    if not isinstance(result, Mapping):
        raise BadgeToolError("event.malformed", "A result is not an object.")
    user_id = result.get("userId")
    if not isinstance(user_id, str) or len(user_id) > 255 or not user_id.isprintable():
        raise BadgeToolError("event.malformed", "A result names no learner.")
    if result.get("resultScore") is None:
        return None
    occurred_at = _occurred_at(result.get("timestamp"), read_at)
    return LearningEvent(
        event_id="unnamed",
        source=SOURCE,
        context_id=context_id,
        subject=user_id,
        kind=FactKind.ITEM_SCORE,
        target=lineitem_url,
        occurred_at=occurred_at or read_at,
        score=_number(result["resultScore"]),
        # "If not specified, the value is 1" (AGS 2.0, 3.3.4.5).
        maximum=1.0 if result.get("resultMaximum") is None else _number(result["resultMaximum"]),
        is_timed=occurred_at is not None,
    )


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadgeToolError("event.score_invalid", "A score is no number.", status=422)
    try:
        return float(value)
    except OverflowError:
        raise BadgeToolError("event.score_invalid", "A score is too large.", status=422) from None


def _occurred_at(value: Any, read_at: datetime) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        told = datetime.fromisoformat(value)
        usable = told.tzinfo is not None and EARLIEST_EVENT <= told <= read_at + LATEST
        return told.astimezone(UTC) if usable else None
    except (ValueError, OverflowError):
        return None
