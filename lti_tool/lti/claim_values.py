"""Reading optional claims: the wrong kind of value is refused or left out, never passed on."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.lti.refusals import refusal
from lti_tool.lti.urls import web_address

LONGEST_TEXT = 16 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def mapping(claims: dict[str, Any], name: str) -> dict[str, Any]:
    """An object claim, {} where it is absent. Raises lti.claim_malformed for another kind of value."""
    value = claims.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refusal("lti.claim_malformed")
    return value


def text(claims: dict[str, Any], name: str) -> str:
    """A text claim without control characters; "" where it is absent or no text."""
    value = claims.get(name)
    if not isinstance(value, str):
        return ""
    if len(value) > LONGEST_TEXT:
        raise refusal("lti.claim_too_long")
    return value if value.isprintable() else _CONTROL.sub("", value)  # most are, and hold none then


def strings(claims: dict[str, Any], name: str) -> tuple[str, ...]:
    """The texts of an array claim."""
    value = claims.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def text_map(claims: dict[str, Any], name: str) -> dict[str, str]:
    """The texts of an object claim. Custom parameters that the platform did not fill in ("$User.image") are
    left out, as LTI Core 1.3, 5.4.6.1 has them arrive literally: they are no values."""
    values = mapping(claims, name)
    known = {key: text(values, key) for key, value in values.items() if isinstance(value, str)}
    return {key: value for key, value in known.items() if not value.startswith("$")}


def flag(claims: dict[str, Any], name: str) -> bool | None:
    """A boolean, also one that is written as text; None where it is absent or something else."""
    value = claims.get(name)
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def safe_address(claims: dict[str, Any], name: str) -> str:
    """An http(s) address to link to; "" for a script or anything else."""
    value = text(claims, name)
    return value if web_address(value) else ""
