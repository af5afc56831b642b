"""Who is in a course: Names and Role Provisioning Services 2.0."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import structlog
from pylti1p3.names_roles import NamesRolesProvisioningService
from pylti1p3.utils import add_param_to_url

from lti_tool.domain.aliases import Alias, aliases_of
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration
from lti_tool.lti import claims as c
from lti_tool.lti.connector import PlatformConnector, all_pages, rows_of
from lti_tool.lti.platforms import quirks_of
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.usecases.ports import Member

_ROOM = "nrps"
# What a platform says that does not know the link asked about: Canvas was seen with each of them.
_LINK_REFUSED = frozenset({400, 401, 403, 404, 422})

log = structlog.get_logger(__name__)


class NrpsRoster:
    """Implements usecases.ports.Roster."""

    def __init__(self, http: requests.Session, tokens: CachedServiceTokens) -> None:
        self._http = http
        self._tokens = tokens

    def read(self, registration: Registration, course: Course) -> list[Member]:
        """Every member on every page, in the platform's order. Role names stay as given, bare ("Learner") or full.

        Raises ServiceError `nrps.*` and `token.*`, also where only the last page failed: half a roster is none.
        Nothing is read of a course we were not launched from, since the address comes from its launch.
        """
        if not course.memberships_url:
            raise ServiceError("nrps.not_offered", "The platform offers no roster for this course.", status=403)
        plain = course.memberships_url
        quirks = quirks_of(registration.product)
        if quirks.roster_page is not None:
            plain = _with(plain, "limit", str(quirks.roster_page))
        if not quirks.roster_names_people:
            return self._walk(registration, plain)
        asked = _with(plain, "rlid", course.context_id)
        try:
            return self._walk(registration, asked)
        except ServiceError as error:
            if error.status not in _LINK_REFUSED or error.code != "nrps.refused" or asked == plain:
                raise
            log.info("nrps.link_refused", registration=registration.id, status=error.status)
            return self._walk(registration, plain)

    def _walk(self, registration: Registration, first: str) -> list[Member]:
        connector = PlatformConnector(registration, self._tokens, self._http, _ROOM)
        service = NamesRolesProvisioningService(
            service_connector=connector, service_data={"context_memberships_url": first}
        )

        def read_page(url: str) -> tuple[list[dict[str, Any]], str | None]:
            answer = service.get_nrps_data(members_url=url)
            return rows_of(answer, _ROOM, "members"), answer["next_page_url"]

        members = [member for row in all_pages(read_page, first, _ROOM) if (member := _member(row))]
        # Pages that shift while they are read can name a person twice.
        return list({member.subject: member for member in members}.values())


def _with(url: str, name: str, value: str) -> str:
    """The address with a parameter, unless it has that one already: platforms name the link in theirs."""
    present = name in parse_qs(urlsplit(url).query, keep_blank_values=True)
    return url if present else str(add_param_to_url(url, name, value))


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
        aliases=_aliases(row),
    )


def _aliases(row: dict[str, Any]) -> tuple[Alias, ...]:
    """Her other names: of the entry itself, and of the messages that a question about a link adds (NRPS 2.0, 2.4)."""
    messages = row.get("message")
    custom: dict[str, str] = {}
    for message in messages if isinstance(messages, list) else ():
        values = message.get(c.CUSTOM) if isinstance(message, dict) else None
        if isinstance(values, dict):
            custom |= {name: value for name, value in values.items() if isinstance(value, str)}
    custom.setdefault("user_username", _text(row, "ext_user_username"))  # Moodle's way to tell the login
    legacy = _text(row, c.LTI11_USER_ID) or _text(row, "lti11_legacy_user_id")
    return aliases_of(custom, lti11_user_id=legacy, sis_user_id=_text(row, "lis_person_sourcedid"))


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value.replace("\x00", "")[:500] if isinstance(value, str) else ""
