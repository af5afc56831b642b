"""Members of JSON objects that anybody may have written: each is what it should be, or refused by its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lti_tool.domain.criteria.errors import invalid
from lti_tool.domain.criteria.tree import HIGHEST_MINIMUM


def text(value: Mapping[str, Any], name: str) -> str:
    found = value[name]
    if not isinstance(found, str):
        raise invalid(f"“{name}” is a text.")
    return found


def texts(value: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = value[name]
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise invalid(f"“{name}” is a list of texts.")
    return tuple(found)


def flag(value: Mapping[str, Any], name: str) -> bool:
    found = value[name]
    if not isinstance(found, bool):
        raise invalid(f"“{name}” is true or false.")
    return found


def number(value: Mapping[str, Any], name: str) -> float | None:
    found = value.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise invalid("The minimum must be a number." if name == "minimum" else f"“{name}” must be a number.")
    if isinstance(found, int) and abs(found) > HIGHEST_MINIMUM:
        raise invalid(f"“{name}” is out of range.")
    return float(found)


def one_of(value: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    found = value[name]
    if not isinstance(found, str) or found not in choices:
        raise invalid(f"“{name}” is one of: {', '.join(choice or 'nothing' for choice in choices)}.")
    return found


def moment(value: Mapping[str, Any], name: str) -> datetime | None:
    found = value.get(name)
    if found is None:
        return None
    try:
        if not isinstance(found, str) or len(found) > 40:
            raise ValueError
        return datetime.fromisoformat(found)
    except ValueError:
        raise invalid(f"“{name}” is a time with its zone (ISO 8601).") from None


def objects(value: Any, refusal: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise invalid(refusal)
    return value
