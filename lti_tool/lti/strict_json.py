"""JSON and base64url that can be read in one way only."""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Any, NoReturn

from lti_tool.lti.refusals import refusal

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")


def read_segment(segment: str) -> Any:
    """The JSON value of one segment of a compact JWT.

    Raises jwt.malformed, jwt.duplicate_key (two readers could disagree on what was signed) or
    jwt.number_invalid (NaN, Infinity and what overflows to it).
    """
    try:
        return _JSON.decode(read_bytes(segment).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise refusal("jwt.malformed") from error


def read_bytes(segment: str) -> bytes:
    """The bytes of one segment (RFC 7515, 2: base64url without padding); raises ValueError."""
    if not _BASE64URL.fullmatch(segment) or len(segment) % 4 == 1:
        raise ValueError("no base64url")
    return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise refusal("jwt.duplicate_key")
    return value


def _no_constant(name: str) -> NoReturn:
    raise refusal("jwt.number_invalid")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise refusal("jwt.number_invalid")
    return value


_JSON = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite)
