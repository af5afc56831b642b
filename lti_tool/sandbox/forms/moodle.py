"""Moodle, as measured on 4.4: what it is called, what its launches say, how it registers tools."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lti_tool.sandbox import course, scopes
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.launching import CLAIM, PERSONAL_CLAIMS
from lti_tool.sandbox.forms.metadata import MetadataRefused
from lti_tool.sandbox.forms.moodle_services import MoodleServices
from lti_tool.sandbox.forms.plain import PLATFORM_CONFIGURATION
from lti_tool.sandbox.forms.site import AssertionRules, Paths, Site
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.people import INSTITUTION, INSTRUCTOR, LEARNER, PERSON_IDS, SYSTEM, Person
from lti_tool.sandbox.registrations import TOOL_CONFIGURATION, Registration

_SERVICES = "/mod/lti/services.php"
_CONTEXT = "4"
_VERSION = "2023112400"
_CLIENT_ID_LENGTH = 15
_FIRST_PLACED = 1000
_KEPT = (
    *("response_types", "jwks_uri", "initiate_login_uri", "grant_types", "redirect_uris", "application_type"),
    *("token_endpoint_auth_method", "client_name", "logo_uri", "scope"),
)


class Moodle(MoodleServices):
    """Course 4 of a Moodle; each registration is a tool type, whose number is its deployment id."""

    key = "moodle"
    title = "Practice LMS (like Moodle)"
    product = "moodle"
    version = "4.4dev (Build: 20231124)"
    paths = Paths(
        configuration="/mod/lti/openid-configuration.php",
        registration="/mod/lti/openid-registration.php",
        authorization="/mod/lti/auth.php",
        token="/mod/lti/token.php",  # nosec B106: a path
        keys="/mod/lti/certs.php",
        line_items=f"{_SERVICES}/{_CONTEXT}/lineitems",
        line_item=f"{_SERVICES}/{_CONTEXT}/lineitems/<int:item>/lineitem",
        roster=f"{_SERVICES}/CourseSection/{_CONTEXT}/bindings/<int:tool>/memberships",
        content_return="/mod/lti/contentitem_return.php",
        service_query="?type_id=<int:tool>",
    )
    # The audience, the issuer and whether the assertion was used before are not looked at; no clock may be ahead.
    assertion = AssertionRules(
        required=("sub",),
        audience_checked=False,
        issuer_checked=False,
        most_ahead=0,
        expired_since=0,
        once=False,
        status=400,
    )
    context_id = _CONTEXT
    context_type = "CourseSection"  # the bare word
    scopes = (*scopes.SUPPORTED, "https://purl.imsglobal.org/spec/lti-bo/scope/basicoutcome")
    sends_azp = False
    storage_target = ""
    registered_status = 200
    token_media_type = "text/html"  # nosec B105: a media type
    roster_versions = ("1.0", "2.0")
    link_unknown_status = 403
    scope_missing_status = 401
    visits_placed_as = "MoodleBot/1.0"
    variable_names = (
        *("Context.id", "Context.title", "Context.label", "Context.id.history", "Context.sourcedId"),
        *("CourseSection.title", "CourseSection.label", "CourseSection.sourcedId"),
        *("ResourceLink.id", "ResourceLink.title", "ResourceLink.description", "User.id", "User.username"),
        *("Person.name.full", "Person.name.given", "Person.name.family", "Person.email.primary"),
        *("Person.sourcedId", "Person.address.timezone", "Membership.role", "Moodle.Person.userGroupIds"),
    )

    def guid(self, site: Site) -> str:
        return "ed6e779f32bf24cac6faeef15463111b"

    def deployment_id(self, registration_id: int) -> str:
        return str(registration_id)

    def new_client_id(self, registration_id: int) -> str:
        return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(_CLIENT_ID_LENGTH))

    def new_access_token(self) -> str:
        return secrets.token_hex(16)

    def kid(self, fingerprint: str, made_at: datetime) -> str:
        return fingerprint[:20]

    def subject(self, person_id: str) -> str:
        """User numbers; 1 is the guest."""
        return str(PERSON_IDS.index(person_id) + 2)

    def link_id(self, link_id: str) -> str:
        kind, _, number = link_id.partition("-")
        return str(int(number) + (0 if kind == "menu" else _FIRST_PLACED)) if number else ""

    # Launches
    def message_hint(self, secret: str, link: Link | None) -> str:
        module = int(self.link_id(link.id)) if link else 0
        return f'{{"cmid":{module},"launchid":"ltilaunch{module}_{secret}"}}'

    def launch_roles(self, person: Person) -> list[str]:
        """Nobody is an assistant: who may manage the activity is an instructor, everybody else a learner."""
        if person.is_admin:
            return [INSTRUCTOR, INSTITUTION + "Administrator", SYSTEM + "Administrator"]
        return [INSTRUCTOR if person.grades else LEARNER]

    def tool_platform(self, site: Site) -> dict[str, str]:
        return {
            "product_family_code": self.product,
            "version": _VERSION,
            "guid": self.guid(site),
            "name": "practice",
            "description": self.title,
        }

    def finish_claims(
        self, claims: dict[str, Any], site: Site, registration: Registration, person: Person, link: Link | None
    ) -> dict[str, Any]:
        """No locale on top; in a Deep Linking request no roster and no way back either."""
        claims = {key: value for key, value in claims.items() if key != "locale"}
        claims[CLAIM + "lis"] = {
            "person_sourcedid": sourced_id(person),
            "course_section_sourcedid": course.LABEL.lower(),
        }
        claims[CLAIM + "ext"] = {"lms": "moodle-2"}
        if "name" in claims:
            claims[CLAIM + "ext"]["user_username"] = person.id
        if link is None:
            claims[CLAIM + "launch_presentation"] = {"locale": "en"}
            claims.pop("https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice", None)
        else:
            claims["https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"] = self.basic_outcome(site, person, link)
        return claims

    def variables(self, site: Site, registration: Registration, person: Person, link: Link | None) -> dict[str, Any]:
        variables = super().variables(site, registration, person, link)
        return variables | {
            "$User.username": person.id,
            "$Person.sourcedId": sourced_id(person),
            "$Person.address.timezone": "99",
            "$Context.sourcedId": course.LABEL.lower(),
            "$CourseSection.sourcedId": course.LABEL.lower(),
            "$CourseSection.title": course.TITLE,
            "$CourseSection.label": course.LABEL,
            "$CourseSection.timeFrame.end": "",
            "$Membership.role": "Instructor" if person.grades else "Learner",
            "$Moodle.Person.userGroupIds": "",
            "$ResourceLink.description": link.text if link else None,
            "$LineItems.url": self.line_items_url(site, registration.id),
            "$Results.url": "",
            "$Scores.url": "",
        }

    def custom(self, site: Site, registration: Registration, person: Person, link: Link | None) -> dict[str, Any]:
        """A key with capitals is sent twice; without a link, what is known of links is null."""
        custom: dict[str, Any] = super().custom(site, registration, person, link)
        if link is None:
            custom = {key: None if str(value).startswith("$ResourceLink.") else value for key, value in custom.items()}
        return custom | {key.lower(): value for key, value in custom.items()}

    # Deep Linking
    def deep_linking_settings(self, site: Site, data: str) -> dict[str, Any]:
        """There is no ``data``: the address of the answer says whose it is."""
        return {
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": False,
            "accept_multiple": True,
            "accept_unsigned": False,
            "auto_create": False,
            "can_confirm": False,
            "deep_link_return_url": f"{site.base_url}{self.paths.content_return}?course={_CONTEXT}&sesskey={data}",
            "title": course.TITLE,
            "text": "",
        }

    def answered_data(self, echoed: str, query: Mapping[str, str]) -> str:
        return query.get("sesskey", "")

    def check_item(self, item: Mapping[str, Any]) -> None:
        """Items of every type become activities; an empty ``custom`` ends in an error of Moodle's own."""
        if "custom" in item and not item["custom"]:
            raise PracticeError("deep_linking.custom", "An unexpected error: custom is empty.", 500)

    # Registration
    def configuration(self, site: Site) -> dict[str, Any]:
        document = super().configuration(site)
        del document["grant_types_supported"], document["response_modes_supported"]
        document["subject_types_supported"] = ["public", "pairwise"]
        document["claims_supported"] = ["sub", "iss", *PERSONAL_CLAIMS]
        document[PLATFORM_CONFIGURATION]["messages_supported"] = [
            {"type": "LtiResourceLinkRequest"},
            {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
        ]
        return document

    def registered(self, site: Site, registration: Registration) -> dict[str, Any]:
        """Only what Moodle keeps; the resource link, which every tool has, is not among the messages."""
        tool = registration.tool
        messages = [each for each in tool.get("messages", ()) if each.get("type") != "LtiResourceLinkRequest"]
        kept = {key: registration.metadata[key] for key in _KEPT if key in registration.metadata}
        return {
            "client_id": registration.client_id,
            **kept,
            TOOL_CONFIGURATION: {
                "version": "1.3.0",
                "deployment_id": self.deployment_id(registration.id),
                "target_link_uri": tool["target_link_uri"],
                "domain": tool["domain"],
                "description": tool.get("description", ""),
                "messages": [
                    {"type": each["type"], "target_link_uri": each.get("target_link_uri", tool["target_link_uri"])}
                    for each in messages
                ],
                "custom_parameters": tool.get("custom_parameters") or {},
                "claims": tool.get("claims") or [],
            },
        }

    def token_unknown(self, used: bool) -> MetadataRefused:
        body = "token_already_used" if used else "invalid_token"
        return MetadataRefused("the registration token is not good", body, 401, body)


def sourced_id(person: Person) -> str:
    """The number of a person in the school's own books."""
    return f"S-{PERSON_IDS.index(person.id) + 1}"


MOODLE = Moodle()
