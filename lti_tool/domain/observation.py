"""What was last seen of one ability of a platform: by a probe, a launch, or a call that went its usual way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Seen(StrEnum):
    """What can be observed of a platform. The values stand in the database."""

    LOGIN = "login"  # a person began to sign in here
    RETURN = "return"  # the platform's answer came back to our launch address
    BROWSER = "browser"  # the browser was recognised when it came back
    LAUNCH_TIMES = "launch_times"  # the times in a launch
    LAUNCH_KEYS = "launch_keys"  # the key that a launch was signed with
    CLOCK = "clock"  # the platform's clock, as its answers to a probe tell it
    KEYS = "keys"  # the platform's key set
    KEYS_CHANGED = "keys_changed"  # when a probe last found a wholly new key set
    TOKEN = "token"  # nosec B105 - a name: an access token for the platform's services
    ROSTER = "roster"
    LINE_ITEMS = "line_items"
    WHOLE_GRADEBOOK = "whole_gradebook"  # columns of others that the platform lets us read
    NOTICES = "notices"
    MOODLE = "moodle"
    CANVAS = "canvas"
    FEED = "feed"
    LIVE_EVENTS = "live_events"  # what Canvas sent: proven, or why not


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing as it was last seen. `code` is that of the error ("" when ok), `detail` a sentence without secrets,
    or for KEYS the names of the keys that were listed."""

    key: Seen
    ok: bool
    at: datetime
    code: str = ""
    detail: str = ""
