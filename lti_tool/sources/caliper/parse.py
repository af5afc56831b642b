"""From the bytes of a request to learning events: Caliper Analytics 1.2, 4 (envelope); 1.0 and 1.1 alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.batch import Batch, Said, read_each
from lti_tool.sources.caliper.event import event_id_of, read_event
from lti_tool.sources.sender import Sender
from lti_tool.sources.strict_json import read_json
from lti_tool.sources.values import malformed

SOURCE = "caliper"
MAX_BODY_BYTES = 2 * 1024 * 1024
MOST_EVENTS = 1000
# Entities hold entities: an envelope's grade with its attempt, the activity in it and what that is part of.
MAX_DEPTH = 24


def parse(raw_body: bytes, sender: Sender, now: datetime) -> Batch:
    """Reads a body that came from who it says: an envelope, or events without one, as the first sensors sent them.

    Raises `event.malformed`, `event.duplicate_key` (400) and `event.too_large` (413); what single events are
    refused for stands in the batch. Descriptions of entities without an event ("describe") are ignored.
    """
    value = read_json(raw_body, MAX_DEPTH)
    events = _events(value)
    if len(events) > MOST_EVENTS:
        raise BadgeToolError("event.too_large", f"{MOST_EVENTS} events at most.", status=413)

    def read(_: int, event: Any) -> Said:
        return read_event(event, sender, now)

    return read_each(events, [event_id_of(event, now) for event in events], read)


def _events(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise malformed("The body is no envelope of events.")
    if "data" not in value:
        return [value]
    data = value["data"]
    return data if isinstance(data, list) else [data]
