"""JSON in and out: strict when reading what strangers send, the same bytes every time when writing."""

from __future__ import annotations

import json
from typing import Any

from lti_tool.domain.errors import BadgeToolError

MAX_JSON_BYTES = 1024 * 1024


def dump(document: object) -> str:
    """Compact JSON text, members in the order they have, characters unescaped. Same value, same text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parse_object(text: str | bytes) -> dict[str, Any]:
    """A JSON object from untrusted text.

    Refused with BadgeToolError ``credential.unreadable``: anything that two readers could take differently
    (duplicate members, NaN, numbers beyond a double, half surrogates) and anything above 1 MiB.
    """
    if len(text) > MAX_JSON_BYTES:
        raise _unreadable("The credential is larger than 1 MiB.")
    try:
        value = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant, parse_float=_finite
        )
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise _unreadable("The text is not well-formed JSON.") from error
    if not isinstance(value, dict):
        raise _unreadable("The JSON is not an object.")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is out of range")
    return number


def _unreadable(message: str) -> BadgeToolError:
    return BadgeToolError("credential.unreadable", message)
