"""Pages of a list, with the address of the next one in a Link header (RFC 8288)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlencode

from flask import request

from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.practice import this_practice

Row = TypeVar("Row")


def _whole_number(name: str) -> int | None:
    text = request.args.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**9:
        raise PracticeError("paging.malformed", f"{name} must be a number of 1 or more.")
    return int(text)


def page_of(rows: Sequence[Row], largest: int = 100) -> tuple[Sequence[Row], dict[str, str]]:
    """The page that ``limit`` and ``page`` ask for, and the headers that lead to the next."""
    limit = min(_whole_number("limit") or largest, largest)
    number = _whole_number("page") or 1
    end = number * limit
    headers: dict[str, str] = {}
    if end < len(rows):
        query = {**request.args.to_dict(), "limit": str(limit), "page": str(number + 1)}
        headers["Link"] = f'<{this_practice().base_url}{request.path}?{urlencode(query)}>; rel="next"'
    return rows[end - limit : end], headers
