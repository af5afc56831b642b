"""What of an event is kept for the administrator where it cannot be used: nothing that is a learner's own."""

from __future__ import annotations

from typing import Any

# Canvas tells with the ids of people how they are called and reached, from where they came, and what they handed in.
PRIVATE = frozenset(
    {"client_ip", "email", "referrer", "session_id", "url", "user_agent", "user_login", "user_name", "user_sis_id"}
)


def without_private(value: Any) -> Any:
    """A copy without names, addresses and learners' texts."""
    if isinstance(value, list):
        return [without_private(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _kept(name, inner) for name, inner in value.items() if name not in PRIVATE}


def _kept(name: str, inner: Any) -> Any:
    if name == "user" and isinstance(inner, dict):
        return {"id": inner.get("id")}
    # A submission's body is the text that was handed in; the event's own is an object.
    return "" if name == "body" and isinstance(inner, str) else without_private(inner)
