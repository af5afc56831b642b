"""Pages of a list, with the address of the next one in a Link header (RFC 8288)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from lti_tool.sandbox.errors import PracticeError

Row = TypeVar("Row")
Page = tuple[Sequence[Row], dict[str, str]]


@dataclass(frozen=True)
class Asked:
    """`address` is that of the request without its query, `query` what was asked with it."""

    address: str
    query: Mapping[str, str]

    def number(self, name: str) -> int | None:
        """A whole number of the query; PracticeError if it is anything else."""
        text = self.query.get(name)
        if text is None:
            return None
        if not text.isascii() or not text.isdigit() or not int(text) < 10**9:
            raise PracticeError("paging.malformed", f"{name} must be a whole number.")
        return int(text)

    @property
    def limit(self) -> int | None:
        """How many rows are wanted, None for as many as may be."""
        limit = self.number("limit")
        if limit == 0:
            raise PracticeError("paging.malformed", "limit must be a number of 1 or more.")
        return limit

    def with_query(self, **changes: object) -> str:
        """The same request with other values in its query."""
        return f"{self.address}?{urlencode({**self.query, **{key: str(value) for key, value in changes.items()}})}"


def numbered_page(rows: Sequence[Row], asked: Asked, largest: int) -> Page[Row]:
    """The page that ``limit`` and ``page`` ask for, and the headers that lead to the next."""
    limit = min(asked.limit or largest, largest)
    number = asked.number("page")
    if number == 0:
        raise PracticeError("paging.malformed", "page must be a number of 1 or more.")
    end = (number or 1) * limit
    headers: dict[str, str] = {}
    if end < len(rows):
        headers["Link"] = f'<{asked.with_query(limit=limit, page=(number or 1) + 1)}>; rel="next"'
    return rows[end - limit : end], headers
