"""Canvas, as its public source and documents describe it: what it is called and what its launches say."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lti_tool.sandbox import course, scopes
from lti_tool.sandbox.forms.canvas_live_events import CanvasLiveEvents
from lti_tool.sandbox.forms.canvas_people import SHARD, opaque, sis_id
from lti_tool.sandbox.forms.canvas_registration import CanvasRegistration
from lti_tool.sandbox.forms.canvas_services import CanvasServices
from lti_tool.sandbox.forms.launching import CLAIM
from lti_tool.sandbox.forms.site import AssertionRules, Paths, Site
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.people import INSTITUTION, SYSTEM, Person
from lti_tool.sandbox.registrations import Registration

_COURSE = "/api/lti/courses/1"
_NEEDED = (
    *("client_id", "login_hint", "lti_message_hint", "nonce", "prompt", "redirect_uri"),
    *("response_mode", "response_type", "scope"),
)
NOTICE_SERVICE = CLAIM + "platformnotificationservice"
# A learner who teaches elsewhere in the same institution: her launches here say so too.
_TEACHES_ELSEWHERE = "learner-3"


class Canvas(CanvasRegistration, CanvasServices, CanvasLiveEvents):
    """Course 1 of a hosted Canvas; each registration is deployed for the whole account."""

    key = "canvas"
    title = "Practice LMS (like Canvas)"
    product = "canvas"
    version = "vCloud"
    paths = Paths(
        configuration="/api/lti/security/openid-configuration",
        registration="/api/lti/registrations",
        authorization="/api/lti/authorize_redirect",
        token="/login/oauth2/token",  # nosec B106: a path
        keys="/api/lti/security/jwks",
        line_items=f"{_COURSE}/line_items",
        line_item=f"{_COURSE}/line_items/<int:item>",
        roster=f"{_COURSE}/names_and_roles",
        content_return="/courses/1/deep_linking_response",
        notice_handlers="/api/lti/notice-handlers/<int:tool>",
    )
    assertion = AssertionRules(
        oldest=300, most_ahead=30, expired_since=0, once=False, status=400, error="invalid_request"
    )
    context_id = opaque("course", course.CONTEXT_ID)
    scopes = (*scopes.SUPPORTED, scopes.NOTICES)
    id_token_seconds = 3600
    # A frame of that name beside the tool's keeps its state.
    storage_target = "post_message_forwarding"
    hint_gone = "launch_no_longer_valid"
    registered_status = 200
    roster_media_type = "application/vnd.ims.lis.v2.membershipcontainer+json"
    has_account_host = True
    has_api = True
    names_deployment = False
    notice_types = ("LtiHelloWorldNotice", "LtiContextCopyNotice")
    variable_names = (
        *("ResourceLink.id", "ResourceLink.title", "Context.id", "Context.id.history", "User.id", "User.username"),
        *("Person.name.full", "Person.name.given", "Person.name.family", "Person.email.primary", "Person.sourcedId"),
        *("Canvas.user.id", "Canvas.user.globalId", "Canvas.user.sisSourceId", "Canvas.user.loginId"),
        *("vnd.instructure.User.uuid", "vnd.instructure.Course.uuid", "Canvas.course.id", "Canvas.course.name"),
        *("Canvas.course.sisSourceId", "CourseSection.sourcedId", "Canvas.api.baseUrl", "Canvas.api.domain"),
        *("Canvas.root_account.global_id", "vnd.Canvas.root_account.uuid", "com.instructure.Context.globalId"),
    )

    def guid(self, site: Site) -> str:
        return f"{opaque('account')}:canvas-lms"

    def deployment_id(self, registration_id: int) -> str:
        return f"{registration_id}:{opaque('account')}"

    def new_client_id(self, registration_id: int) -> str:
        return str(SHARD + registration_id)

    def kid(self, fingerprint: str, made_at: datetime) -> str:
        return f"{made_at:%Y-%m-%dT%H:%M:%SZ}_{uuid.UUID(fingerprint[:32])}"

    def link_id(self, link_id: str) -> str:
        """The course menu has no link of its own: its launches name the course."""
        if link_id.startswith("menu-"):
            return self.context_id
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"practice/{link_id}")) if link_id else ""

    def configuration_url(self, site: Site, token: str) -> str:
        """The token stands in it a second time."""
        return f"{super().configuration_url(site, token)}?{urlencode({'registration_token': token})}"

    # Launches
    def login_params(self, registration_id: int, document_target: str) -> dict[str, str]:
        params = super().login_params(registration_id, document_target)
        params["deployment_id"] = params.pop("lti_deployment_id")
        return params | {"canvas_region": "us-east-1", "canvas_environment": "production"}

    def refusal(self, asked: Mapping[str, str]) -> tuple[str, str] | None:
        missing = [name for name in _NEEDED if not asked.get(name)]
        if missing:
            return "invalid_request_object", f"The following parameters are missing: {','.join(missing)}"
        if asked["scope"] != "openid":
            return "invalid_request_object", "The 'scope' must be 'openid'"
        return None

    def accepts_redirect(self, registered: Sequence[str], asked: str) -> bool:
        """The same address; what is registered of a query must be asked for, and more may be."""
        return any(_covers(one, asked) for one in registered)

    def launch_roles(self, person: Person) -> list[str]:
        """Roles elsewhere are among them; an administrator has none in the course."""
        if person.is_admin:
            return [INSTITUTION + "Administrator", SYSTEM + "User"]
        elsewhere = [INSTITUTION + "Instructor"] if person.id == _TEACHES_ELSEWHERE else []
        return [*elsewhere, *person.roles, SYSTEM + "User"]

    def tool_platform(self, site: Site) -> dict[str, str]:
        return {
            "guid": self.guid(site),
            "name": self.title,
            "version": "cloud",
            "product_family_code": self.product,
        }

    def finish_claims(
        self, claims: dict[str, Any], site: Site, registration: Registration, person: Person, link: Link | None
    ) -> dict[str, Any]:
        claims[CLAIM + "lti11_legacy_user_id"] = self.login_hint(person.id)
        claims[CLAIM + "lti1p1"] = {"user_id": self.login_hint(person.id)}
        if "name" in claims:
            claims[CLAIM + "lis"] = {"person_sourcedid": sis_id(person), "course_offering_sourcedid": course.LABEL}
        is_menu = link is not None and link.id.startswith("menu-")
        claims["https://www.instructure.com/placement"] = "course_navigation" if is_menu else "link_selection"
        if self.notice_types and scopes.NOTICES in registration.scopes:
            claims[NOTICE_SERVICE] = {
                "service_versions": ["1.0"],
                "platform_notification_service_url": self.notice_handlers_url(site, registration.id),
                "scope": [scopes.NOTICES],
                "notice_types_supported": list(self.notice_types),
            }
        return claims

    def variables(self, site: Site, registration: Registration, person: Person, link: Link | None) -> dict[str, Any]:
        variables = super().variables(site, registration, person, link)
        return (
            variables
            | self.variables_of_person(registration, person)
            | {
                "$ResourceLink.id": self.link_id(link.id) if link else None,
                "$vnd.instructure.Course.uuid": opaque("course-uuid"),
                "$Canvas.course.id": "1",
                "$Canvas.course.name": course.TITLE,
                "$Canvas.course.sisSourceId": course.LABEL,
                "$CourseSection.sourcedId": course.LABEL,
                "$Canvas.api.baseUrl": site.base_url,
                "$Canvas.api.domain": urlsplit(site.base_url).netloc,
                "$Canvas.root_account.global_id": str(SHARD + 1),
                "$vnd.Canvas.root_account.uuid": opaque("account-uuid"),
                "$com.instructure.Context.globalId": str(SHARD + 1),
            }
        )


def _covers(registered: str, asked: str) -> bool:
    known, given = urlsplit(registered), urlsplit(asked)
    return known[:3] == given[:3] and set(parse_qsl(known.query)) <= set(parse_qsl(given.query))


CANVAS = Canvas()
