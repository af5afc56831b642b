"""JSON without its ambiguities: what two readers could read differently is refused."""

from __future__ import annotations

import json
from typing import Any

from lti_tool.domain.errors import BadgeToolError

MAX_DEPTH = 12


def read_json(raw: bytes, max_depth: int = MAX_DEPTH) -> Any:
    """Parses UTF-8 JSON. Refuses duplicate keys (`event.duplicate_key`), NaN, numbers without end and deep nesting
    (`event.malformed`), as well as anything that is not JSON.
    """
    try:
        value = json.loads(raw.decode(), object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadgeToolError("event.malformed", "The body is not JSON in UTF-8.") from None
    if _deeper_than(value, max_depth):
        raise BadgeToolError("event.malformed", "The JSON is nested too deeply.")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise BadgeToolError("event.duplicate_key", "A name stands twice in one JSON object.")
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _deeper_than(value: Any, limit: int) -> bool:
    # The parser has stopped at Python's recursion limit already, so this cannot run away.
    if not isinstance(value, dict | list):
        return False
    if limit == 0:
        return True
    parts = value.values() if isinstance(value, dict) else value
    return any(_deeper_than(part, limit - 1) for part in parts)
