"""From signed bytes to learning events: one event in Canvas's format, or an envelope of Caliper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.batch import Batch, Said, content_id, read_each
from lti_tool.sources.canvas_live_events import caliper_format, canvas_format
from lti_tool.sources.canvas_live_events.private import without_private
from lti_tool.sources.canvas_live_events.stream import Stream
from lti_tool.sources.strict_json import read_json
from lti_tool.sources.values import malformed

# Canvas drops what is larger than a mebibyte before it signs; signing makes a third more of it.
MAX_BODY_BYTES = 2 * 1024 * 1024
MOST_EVENTS = 1000
MAX_DEPTH = 24
# Canvas tries again for 10 to 20 minutes, with the same token or a new one.
OLDEST = timedelta(hours=1)
MOST_AHEAD = timedelta(minutes=5)


def read_payload(raw: bytes, now: datetime) -> Mapping[str, Any]:
    """The object that the sender signed, or sent to an address with a secret.

    Raises `event.malformed` and `event.duplicate_key` (400); `event.stale` and `event.future` (401) by the times of the
    token, where it has any (RFC 7519, 4.1). How old the event itself is may be is no matter: each counts once.
    """
    value = read_json(raw, MAX_DEPTH)
    if not isinstance(value, dict):
        raise malformed("The body is no event.")
    expires, begins, issued = (_moment(value.get(name)) for name in ("exp", "nbf", "iat"))
    if (expires and expires < now - MOST_AHEAD) or (issued and issued < now - OLDEST):
        raise BadgeToolError("event.stale", "The event was signed too long ago.", status=401)
    if any(moment and moment > now + MOST_AHEAD for moment in (begins, issued)):
        raise BadgeToolError("event.future", "The event is signed with a time still to come.", status=401)
    return value


def parse(payload: Mapping[str, Any], stream: Stream, now: datetime) -> Batch:
    """What the payload says. What single events are refused for stands in the batch, without what is a learner's own;
    `event.too_large` (413)."""
    if "data" not in payload:
        return _read([payload], [canvas_format.event_id_of(payload)], lambda said: canvas_format.read_event(said, now))
    data = payload["data"]
    events = data if isinstance(data, list) else [data]
    if len(events) > MOST_EVENTS:
        raise BadgeToolError("event.too_large", f"{MOST_EVENTS} events at most.", status=413)
    ids = [caliper_format.event_id_of(event) or content_id(event, True, now) for event in events]
    return _read(events, ids, lambda said: caliper_format.read_event(said, stream.trusts_caliper, now))


def _read(events: Sequence[Any], ids: Sequence[str], read: Callable[[Any], Said]) -> Batch:
    return read_each([without_private(event) for event in events], ids, lambda index, _: read(events[index]))


def _moment(value: Any) -> datetime | None:
    """A NumericDate; None where the claim is missing. One that is none is refused: it was meant to say something."""
    if value is None:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise malformed("A time of the token is no number of seconds.") from None
