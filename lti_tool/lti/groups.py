"""Groups of a course by LTI Course Groups Service 1.0: their names, and those that a learner is in."""

from __future__ import annotations

from typing import Any

import requests
from pylti1p3.utils import add_param_to_url

from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.lti.claims import SCOPE_GROUPS
from lti_tool.lti.connector import PlatformConnector, all_pages, rows_of
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.usecases.ports import CourseGroup

_ROOM = "groups"
_CONTAINER = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"


class CourseGroupsReader:
    """Implements usecases.ports.CourseGroups."""

    def __init__(self, http: requests.Session, tokens: CachedServiceTokens) -> None:
        self._http = http
        self._tokens = tokens

    def read(self, registration: Registration, course: Course, subject: str = "") -> list[CourseGroup]:
        """All groups of the course, or those that a learner is in. Raises ServiceError `groups.*` and `token.*`."""
        first = add_param_to_url(course.groups_url, "user_id", subject) if subject else course.groups_url
        connector = PlatformConnector(registration, self._tokens, self._http, _ROOM)

        def read_page(url: str) -> tuple[list[dict[str, Any]], str | None]:
            answer = connector.make_service_request([SCOPE_GROUPS], url, accept=_CONTAINER)
            return rows_of(answer, _ROOM, "groups"), answer["next_page_url"]

        found = (_group(row) for row in all_pages(read_page, first, _ROOM))
        return list({group.id: group for group in found if group is not None}.values())


def _group(row: dict[str, Any]) -> CourseGroup | None:
    """None for a row without an id; platforms number them, too."""
    given, name = row.get("id"), row.get("name")
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    if not 0 < len(text) <= 200 or not text.isprintable():
        return None
    shown = name if isinstance(name, str) and name.strip() and name.isprintable() else text
    return CourseGroup(text, shown.strip()[:500])
