"""Columns of others in the gradebook, on platforms that let a tool read them (AGS 2.0 with an extension)."""

from __future__ import annotations

from typing import Any

import requests

from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.lti.claims import SCOPE_LINEITEM
from lti_tool.lti.connector import PlatformConnector, all_pages, rows_of
from lti_tool.lti.platforms import quirks_of
from lti_tool.lti.service_tokens import CachedServiceTokens

_ROOM = "gradebook"
_CONTAINER = "application/vnd.ims.lis.v2.lineitemcontainer+json"


class ForeignColumns:
    """Lists them. A tool that asks for nothing more than its own columns need not know of this."""

    def __init__(self, http: requests.Session, tokens: CachedServiceTokens) -> None:
        self._http = http
        self._tokens = tokens

    def offered(self, registration: Registration, course: Course) -> bool:
        """Whether such a platform gave the course's gradebook an address; what it shows only a reading tells."""
        return bool(course.lineitems_url) and bool(quirks_of(registration.product).foreign_column)

    def read_json(self, registration: Registration, course: Course) -> list[dict[str, Any]]:
        """The line items as the platform gives them, all pages. Raises ServiceError `gradebook.*` and `token.*`."""
        mark = quirks_of(registration.product).foreign_column
        connector = PlatformConnector(registration, self._tokens, self._http, _ROOM)

        def read_page(url: str) -> tuple[list[dict[str, Any]], str | None]:
            answer = connector.make_service_request([SCOPE_LINEITEM], url, accept=_CONTAINER)
            return rows_of(answer, _ROOM), answer["next_page_url"]

        rows = all_pages(read_page, course.lineitems_url, _ROOM)
        return [row for row in rows if row.get(mark) is True and isinstance(row.get("id"), str)]
