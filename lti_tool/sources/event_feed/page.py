"""One page of an event feed. What cannot be understood is left out and counted, never fatal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity

# The feed's events are the webhook's events, told once more: one parser, so that one id is one event however it came.
from lti_tool.sources.webhook import read_activity, read_event

LONGEST_CURSOR = 1000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FeedPage:
    """`length` counts the events as sent; `problems` are the codes of those left out, `cursor` where to go on."""

    events: list[LearningEvent]
    activities: list[Activity]
    length: int
    cursor: str
    problems: list[str]


def read_page(value: Any, context_id: str, now: datetime) -> FeedPage:
    """Reads ``{"activities": […], "events": […], "next": cursor}``; raises `feed.unreadable` for another shape."""
    if not isinstance(value, dict):
        raise unreadable()
    told, known, cursor = value.get("events"), value.get("activities", []), value.get("next")
    if not isinstance(told, list) or not isinstance(known, list):
        raise unreadable()
    if not isinstance(cursor, str) or len(cursor) > LONGEST_CURSOR:
        raise unreadable()
    problems: list[str] = []
    activities = _each(known, read_activity, problems)
    events = _each(told, lambda entry: _event(entry, context_id, now), problems)
    return FeedPage([event for event in events if event], activities, len(told), cursor, problems)


def _each(entries: list[Any], read: Callable[[Any], T], problems: list[str]) -> list[T]:
    found: list[T] = []
    for entry in entries:
        try:
            found.append(read(entry))
        except BadgeToolError as error:
            problems.append(error.code)
    return found


def _event(entry: Any, context_id: str, now: datetime) -> LearningEvent | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise BadgeToolError("event.malformed", "An event of the feed has no id.")
    event, _ = read_event(entry["id"], entry, now)
    if event is not None and event.context_id != context_id:
        raise BadgeToolError("event.other_course", "The feed told of a course that was not asked for.")
    return event


def unreadable() -> BadgeToolError:
    return BadgeToolError("feed.unreadable", "The event feed's answer cannot be understood.", status=502)
