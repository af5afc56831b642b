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
            events.append(replace(event, event_id=event.content_hash()))
    return events


def _event(result: Any, lineitem_url: str, context_id: str, read_at: datetime) -> LearningEvent | None:
    if not isinstance(result, Mapping):
        raise BadgeToolError("event.malformed", "A result is not an object.")
    user_id = result.get("userId")
    if not isinstance(user_id, str) or len(user_id) > 255 or not user_id.isprintable():
        raise BadgeToolError("event.malformed", "A result names no learner.")
    if result.get("resultScore") is None:
        return None
    return LearningEvent(
        event_id="unnamed",
        source=SOURCE,
        context_id=context_id,
        subject=user_id,
        kind=FactKind.ITEM_SCORE,
        target=lineitem_url,
        occurred_at=_occurred_at(result.get("timestamp"), read_at),
        score=_number(result["resultScore"]),
        # "If not specified, the value is 1" (AGS 2.0, 3.3.4.5).
        maximum=1.0 if result.get("resultMaximum") is None else _number(result["resultMaximum"]),
    )


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadgeToolError("event.score_invalid", "A score is no number.", status=422)
    try:
        return float(value)
    except OverflowError:
        raise BadgeToolError("event.score_invalid", "A score is too large.", status=422) from None


def _occurred_at(value: Any, read_at: datetime) -> datetime:
    if not isinstance(value, str):
        return read_at
    try:
        told = datetime.fromisoformat(value)
        usable = told.tzinfo is not None and EARLIEST_EVENT <= told <= read_at + LATEST
        return told.astimezone(UTC) if usable else read_at
    except (ValueError, OverflowError):
        return read_at
