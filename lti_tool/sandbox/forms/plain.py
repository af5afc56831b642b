"""A learning platform that follows the specifications to the letter; the other forms say where they differ."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from lti_tool.sandbox import ags_scores
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.launching import CLAIM, PERSONAL_CLAIMS, Launching
from lti_tool.sandbox.forms.metadata import MetadataRefused, checked
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.line_items import LineItem
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.paging import Asked, numbered_page
from lti_tool.sandbox.people import MEMBERSHIP, Person
from lti_tool.sandbox.registrations import TOOL_CONFIGURATION, Registration
from lti_tool.sandbox.rules import Progress
from lti_tool.sandbox.streams import Told

PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
LARGEST_PAGE = 100


class Form(Launching):
    """Registration and services."""

    # Whether an account can have everything told to data streams.
    has_streams = False

    def act_events(
        self, site: Site, at: str, actor: Person, learner: Person, before: Progress, after: Progress, graded: str | None
    ) -> Iterable[Told]:
        """What data streams are told of one act: `at` as a stamp, `graded` the activity whose grade was set."""
        return ()

    def submission_event(self, site: Site, at: str, learner: Person, activity_id: str, text: str) -> Told | None:
        return None

    def enrolment_event(self, site: Site, at: str, actor: Person, person: Person) -> Told | None:
        return None

    def configuration(self, site: Site) -> dict[str, Any]:
        """The OpenID configuration with what LTI adds to it."""
        paths = self.paths
        return {
            "issuer": site.issuer,
            "authorization_endpoint": site.base_url + paths.authorization,
            "token_endpoint": site.base_url + paths.token,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": site.base_url + paths.keys,
            "registration_endpoint": site.account_url + paths.registration,
            "scopes_supported": ["openid", *self.scopes],
            "response_types_supported": ["id_token"],
            "response_modes_supported": ["form_post"],
            "grant_types_supported": ["implicit", "client_credentials"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["iss", "sub", *PERSONAL_CLAIMS],
            PLATFORM_CONFIGURATION: {
                "product_family_code": self.product,
                "version": self.version,
                "messages_supported": [{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}],
                "variables": list(self.variable_names),
            },
        }

    def checked_metadata(self, value: Any) -> dict[str, Any]:
        """What is kept of a client's metadata. Raises MetadataRefused."""
        return checked(value, self.scopes)

    def registered(self, site: Site, registration: Registration) -> dict[str, Any]:
        """The answer to a registration (RFC 7591, 3.2.1)."""
        tool = {**registration.tool, "deployment_id": self.deployment_id(registration.id)}
        return {**registration.metadata, "client_id": registration.client_id, TOOL_CONFIGURATION: tool}

    def token_unknown(self, used: bool) -> MetadataRefused:
        """Why a registration token is refused; `used`: it was good once."""
        return MetadataRefused("the registration token is unknown, used or expired", "invalid_token", 401)

    # Rosters
    def in_roster(self, person: Person) -> bool:
        """As in the common LMSs, suspended people are simply not there."""
        return person.enrolled

    def roster_roles(self, person: Person) -> list[str]:
        return list(person.roles)

    def has_role(self, person: Person, role: str) -> bool:
        """Whether a roster that is filtered by this role, bare or full, shows the person."""
        full = role if "://" in role else MEMBERSHIP + role
        return full in person.roles

    def member(self, registration: Registration, person: Person) -> dict[str, Any]:
        """One entry of the roster. ``status`` is always Active, as in the common LMSs."""
        return {
            "status": "Active",
            "user_id": self.subject(person.id),
            "roles": self.roster_roles(person),
            **self.personal(registration, person),
        }

    def roster_link(self, connection: sqlite3.Connection, registration: Registration, given: str) -> Link | None:
        """The link that ``rlid`` names; PracticeError where it is not the tool's. None asks for the tool itself."""
        link = self.asked_link(connection, registration, given)
        if link is None:
            raise PracticeError("nrps.link_unknown", "The tool has no such resource link.", 404)
        return link

    def member_message(
        self, site: Site, registration: Registration, person: Person, link: Link | None
    ) -> dict[str, Any]:
        """What a member's ``message`` adds to the type when a roster is asked for with ``rlid``."""
        return {CLAIM + "custom": self.custom(site, registration, person, link)}

    def roster_page(self, members: Sequence[Person], asked: Asked) -> tuple[Sequence[Person], dict[str, str]]:
        return numbered_page(members, asked, self.largest_roster_page)

    # Grades
    def check_accept(self, accept: str, media_types: Sequence[str], path: str) -> None:
        """PracticeError where a request must not accept that. The specifications leave it open."""

    def wrong_media_type(self, wanted: str, given: str, path: str) -> PracticeError:
        return PracticeError("request.media_type", f"The content type must be {wanted}.", 415)

    def column_page(self, rows: Sequence[Any], asked: Asked) -> tuple[Sequence[Any], dict[str, str]]:
        """A page of line items."""
        return numbered_page(rows, asked, LARGEST_PAGE)

    def result_page(self, rows: Sequence[Any], asked: Asked) -> tuple[Sequence[Any], dict[str, str]]:
        """A page of results."""
        return numbered_page(rows, asked, LARGEST_PAGE)

    def take_score(
        self, connection: sqlite3.Connection, site: Site, item: LineItem, value: Any, now: datetime
    ) -> tuple[int, Any]:
        """Keeps a score that a tool posts; HTTP status and body of the answer, None for an empty one.

        PracticeError where the score is refused.
        """
        score = ags_scores.parse(value)
        person = self.person_of(connection, score.user_id)
        if person is None:
            raise PracticeError("person.unknown", "There is no such person.", 404)
        if not person.learns:
            raise PracticeError("score.user", "Only learners have a place in the gradebook.")
        if not ags_scores.is_newer(connection, item, person.id, score.timestamp):
            raise PracticeError("score.not_newer", "A score with this or a later timestamp is here already.", 409)
        points = None if score.fraction is None else score.fraction * item.maximum
        ags_scores.keep(connection, item, person.id, points, score.comment, score.timestamp)
        return 200, None

    def service_error(self, error: PracticeError, method: str, address: str) -> Any:
        """The body with which a service refuses a request."""
        return {"error": {"code": error.code, "message": error.message}}

    def token_error(self, error: str, description: str) -> dict[str, str]:
        """The body with which a token is refused (RFC 6749, 5.2)."""
        return {"error": error, "error_description": description}


PLAIN = Form()
