"""Who is in a course: Names and Role Provisioning Services 2.0."""

from __future__ import annotations

from typing import Any

import requests
from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.utils import add_param_to_url

from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.lti.connector import PlatformConnector, all_pages, rows_of
from lti_tool.lti.platforms import quirks_of
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.usecases.ports import Member

_ROOM = "roster"


class NrpsRoster:
    """Implements usecases.ports.Roster."""

    def __init__(self, http: requests.Session, tokens: CachedServiceTokens) -> None:
        self._http = http
        self._tokens = tokens

    def read(self, registration: Registration, course: Course) -> list[Member]:
        """Every member on every page, in the platform's order. Role names stay as given, bare ("Learner") or full.

        Raises ServiceError `roster.*` and `token.*`. Nothing is read of a course we were not launched from, since
        the address comes from its launch.
        """
        if not course.memberships_url:
            raise ServiceError("roster.not_offered", "The platform offers no roster for this course.", status=403)
        connector = PlatformConnector(registration, self._tokens, self._http, _ROOM)
        service = NamesRolesProvisioningService(
            service_connector=connector, service_data={"context_memberships_url": course.memberships_url}
        )

        def read_page(url: str) -> tuple[list[dict[str, Any]], str | None]:
            answer = service.get_nrps_data(members_url=url)
            return rows_of(answer, _ROOM, "members"), answer["next_page_url"]

        first = course.memberships_url
        page_size = quirks_of(registration.product).roster_page
        if page_size is not None:
            first = add_param_to_url(first, "limit", page_size)
        return [member for row in all_pages(read_page, first, _ROOM) if (member := _member(row))]


def _member(row: dict[str, Any]) -> Member | None:
    """One entry; None without user_id. Everything else is optional and never relied on (NRPS 2.0, 2.2)."""
    subject, roles = row.get("user_id"), row.get("roles")
    if not isinstance(subject, str) or not subject or len(subject) > 255:
        return None
    given, family = _text(row, "given_name"), _text(row, "family_name")
    return Member(
        subject=subject,
        roles=tuple(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else (),
        status=_text(row, "status") or "Active",
        name=_text(row, "name") or f"{given} {family}".strip(),
        email=_text(row, "email"),
    )


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value.replace("\x00", "")[:500] if isinstance(value, str) else ""
