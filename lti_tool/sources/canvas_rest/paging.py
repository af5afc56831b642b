"""All pages of a list. Canvas's addresses of pages are opaque: they are followed letter by letter, and never elsewhere.

https://developerdocs.instructure.com/services/canvas/basics/file.pagination
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lti_tool.sources.canvas_rest import errors
from lti_tool.sources.canvas_rest.calls import Call
from lti_tool.sources.canvas_rest.client import Answer, CanvasApi, Params

# Twenty thousand rows: no course has as many, so more is a list without end.
MOST_PAGES = 200


class CoursePages:
    """Questions about one course. `calls` counts how many were asked."""

    def __init__(self, api: CanvasApi, registration_id: str, url: str, course_number: str) -> None:
        self._api = api
        self._registration_id = registration_id
        self._url = url
        self._course_number = course_number
        self.calls = 0

    def of(self, call: Call, params: Params, start: str = "") -> Iterator[Answer]:
        """Page by page, from the address `start` on where an earlier reading stopped there.

        Raises `canvas.paging` for pages that lead in a circle, elsewhere or nowhere.
        """
        address, asked = (start, ()) if start else (call.address(self._url, self._course_number), params)
        seen: set[str] = set()
        while address:
            if len(seen) == MOST_PAGES:
                raise errors.paging("Canvas's list has no end.")
            if address in seen:
                raise errors.paging("Canvas's pages lead in a circle.")
            if not _is_within(address, self._url):
                raise errors.paging("Canvas's next page is on another host.")
            seen.add(address)
            self.calls += 1
            answer = self._api.ask(self._registration_id, address, asked, call.scope)
            yield answer
            address, asked = answer.next_address, ()

    def one(self, call: Call, number: int) -> Any:
        """The answer about one thing of the course, which has no pages."""
        address = call.address(self._url, self._course_number).replace(":id", str(number))
        self.calls += 1
        return self._api.ask(self._registration_id, address, (), call.scope).data

    def rows(self, call: Call, params: Params) -> Iterator[Any]:
        """The rows of all pages of a list."""
        for page in self.of(call, params):
            if not isinstance(page.data, list):
                raise errors.unexpected()
            yield from page.data


def _is_within(address: str, url: str) -> bool:
    """Whether it is an address of the same API: a token must not go anywhere else."""
    try:
        found, own = urlsplit(address), urlsplit(url)
        same = (found.scheme, found.hostname, found.port) == (own.scheme, own.hostname, own.port)
    except ValueError:
        return False
    return same and "@" not in found.netloc and found.path.startswith(f"{own.path}/api/v1/")
