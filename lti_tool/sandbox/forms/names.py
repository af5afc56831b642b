"""What people, links, tools and addresses are called towards tools."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import datetime

from lti_tool.sandbox import course, people, scopes
from lti_tool.sandbox.forms.site import AssertionRules, Paths, Site
from lti_tool.sandbox.links import Link, link_of
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.registrations import Registration

_AGS = f"/lti/ags/{course.CONTEXT_ID}/lineitems"


class Names:
    """Ids are of two kinds: the ones in here are this LMS's own, and what tools see is made of them by the form."""

    key = "plain"
    title = "Practice LMS"
    product = "lti-badges-practice-lms"
    version = "1.0"
    paths = Paths(
        configuration="/.well-known/openid-configuration",
        registration="/lti/register",
        authorization="/lti/auth",
        token="/lti/token",  # nosec B106: a path
        keys="/lti/jwks",
        line_items=_AGS,
        line_item=f"{_AGS}/<int:item>",
        roster=f"/lti/nrps/{course.CONTEXT_ID}/memberships",
        content_return="/lti/deep-linking/return",
    )
    assertion = AssertionRules()
    context_id = course.CONTEXT_ID
    context_type = course.CONTEXT_TYPE
    scopes: tuple[str, ...] = scopes.SUPPORTED
    id_token_seconds = 60
    sends_azp = True
    # Client Side postMessages 0.1: the page around the frame keeps the tool's state. "" for a platform without it.
    storage_target = "_parent"
    hint_gone = "login_required"
    registered_status = 201
    token_media_type = "application/json"  # nosec B105: a media type
    roster_media_type = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    roster_versions: tuple[str, ...] = ("2.0",)
    largest_roster_page = 50
    link_unknown_status = 404
    scope_missing_status = 403
    notice_types: tuple[str, ...] = ()
    # Whether the answer to a registration names the deployment; else a tool learns it from the first launch.
    names_deployment = True
    # Whether tools register at a host of the account, apart from the other services.
    has_account_host = False
    # An API beside LTI, with keys and consents of its own.
    has_api = False
    # The User-Agent with which the LMS looks at a link that was placed; "" where it does not.
    visits_placed_as = ""
    variable_names: tuple[str, ...] = (
        *("User.id", "Person.name.full", "Person.name.given", "Person.name.family", "Person.email.primary"),
        *("Context.id", "Context.label", "Context.title", "Context.id.history"),
        *("Membership.role", "ResourceLink.id", "ResourceLink.title"),
    )

    def guid(self, site: Site) -> str:
        return site.base_url

    def deployment_id(self, registration_id: int) -> str:
        """Each tool is deployed once, for the whole site."""
        return f"site-{registration_id}"

    def new_client_id(self, registration_id: int) -> str:
        return f"practice-{secrets.token_hex(8)}"

    def new_access_token(self) -> str:
        return secrets.token_urlsafe(32)

    def kid(self, fingerprint: str, made_at: datetime) -> str:
        """The name of a key; `fingerprint` is hexadecimal."""
        return fingerprint[:24]

    def subject(self, person_id: str) -> str:
        """The ``sub`` of a person."""
        return person_id

    def login_hint(self, person_id: str) -> str:
        return self.subject(person_id)

    def person_of(self, connection: sqlite3.Connection, subject: str) -> Person | None:
        """The person with that ``sub``."""
        return next((each for each in people.everyone(connection) if self.subject(each.id) == subject), None)

    def link_id(self, link_id: str) -> str:
        """The resource link id of a link; "" stays as it is."""
        return link_id

    def asked_link(self, connection: sqlite3.Connection, registration: Registration, given: str) -> Link | None:
        """The tool's link that a tool names by its resource link id."""
        return link_of(connection, registration, lambda link: self.link_id(link.id) == given)

    def line_items_url(self, site: Site, registration_id: int) -> str:
        return self._service_url(site, self.paths.line_items, registration_id)

    def line_item_url(self, site: Site, registration_id: int, item_id: int, tail: str = "") -> str:
        return self._service_url(site, self.paths.line_item + tail, registration_id, item_id)

    def roster_url(self, site: Site, registration_id: int) -> str:
        return site.base_url + self.paths.fill(self.paths.roster, registration_id)

    def notice_handlers_url(self, site: Site, registration_id: int) -> str:
        return site.base_url + self.paths.fill(self.paths.notice_handlers, registration_id)

    def _service_url(self, site: Site, path: str, registration_id: int, item_id: int = 0) -> str:
        return site.base_url + self.paths.fill(path + self.paths.service_query, registration_id, item_id)

    def configuration_url(self, site: Site, token: str) -> str:
        return site.base_url + self.paths.configuration
