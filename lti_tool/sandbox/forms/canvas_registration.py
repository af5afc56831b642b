"""How Canvas registers tools: it drops what it does not know, and one unknown scope fails the whole."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lti_tool.sandbox.forms.launching import PERSONAL_CLAIMS
from lti_tool.sandbox.forms.metadata import MetadataRefused, checked
from lti_tool.sandbox.forms.plain import PLATFORM_CONFIGURATION, Form
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.registrations import EVENT_WEBHOOK, TOOL_CONFIGURATION, Registration

_OWN = "https://canvas.instructure.com/lti/"
PRIVACY_LEVEL = _OWN + "privacy_level"
_TOP_KEYS = (
    *("application_type", "grant_types", "response_types", "redirect_uris", "initiate_login_uri", "client_name"),
    *("jwks_uri", "logo_uri", "client_uri", "tos_uri", "policy_uri", "scope", "token_endpoint_auth_method"),
)
_TOOL_KEYS = (
    *("domain", "secondary_domains", "description", "messages", "claims", "target_link_uri", "custom_parameters"),
    *(PRIVACY_LEVEL, _OWN + "tool_id"),
    EVENT_WEBHOOK,  # this LMS's own, in every form
)
_MESSAGE_KEYS = (
    *("type", "target_link_uri", "label", "icon_uri", "custom_parameters", "roles", "placements"),
    *(_OWN + "course_navigation/default_enabled", _OWN + "visibility", _OWN + "display_type"),
    *(_OWN + "launch_width", _OWN + "launch_height"),
)
_PLACEMENTS = {"ContentArea": "link_selection", "RichTextEditor": "editor_button"}
_KNOWN_PLACEMENTS = frozenset(
    {
        *("account_navigation", "assignment_edit", "assignment_menu", "assignment_selection", "assignment_view"),
        *(
            "course_assignments_menu",
            "course_home_sub_navigation",
            "course_navigation",
            "course_settings_sub_navigation",
        ),
        *(
            "course_settings_sub_navigation",
            "editor_button",
            "file_menu",
            "global_navigation",
            "homework_submission",
            "link_selection",
        ),
        *("migration_selection", "module_group_menu", "module_index_menu", "module_menu", "module_menu_modal"),
        *("resource_selection", "student_context_card", "tool_configuration", "user_navigation", "wiki_page_menu"),
    }
)
_LINKING_PLACEMENTS = ("assignment_selection", "editor_button", "link_selection")
_BY_LEVEL = {
    "public": (*PERSONAL_CLAIMS, "picture"),
    "name_only": ("name", "given_name", "family_name"),
    "email_only": ("email",),
    "anonymous": (),
}


class CanvasRegistration(Form):
    """Registration as Canvas has it, with the privacy level that follows from it."""

    def configuration(self, site: Site) -> dict[str, Any]:
        document = super().configuration(site)
        del document["grant_types_supported"], document["response_modes_supported"]
        document["scopes_supported"] = list(self.scopes)
        document["claims_supported"] = ["sub", "picture", "email", "name", "given_name", "family_name", "locale"]
        document["authorization_server"] = urlsplit(site.base_url).netloc
        document[PLATFORM_CONFIGURATION] |= {
            "messages_supported": [
                {"type": "LtiResourceLinkRequest", "placements": sorted(_KNOWN_PLACEMENTS)},
                {
                    "type": "LtiDeepLinkingRequest",
                    "placements": ["assignment_selection", "editor_button", "link_selection"],
                },
            ],
            "notice_types_supported": list(self.notice_types),
            _OWN + "account_name": "Practice University",
            _OWN + "account_lti_guid": self.guid(site),
            _OWN + "account_domain": urlsplit(site.account_url).netloc,
        }
        return document

    def checked_metadata(self, value: Any) -> dict[str, Any]:
        """Everything that is wrong ends in 422."""
        if not isinstance(value, dict):
            raise MetadataRefused("the body is not an object", status=422)
        foreign = [scope for scope in str(value.get("scope", "")).split() if scope not in self.scopes]
        if foreign:
            raise MetadataRefused(f"scope {foreign[0]} is not known", status=422)
        for name, wanted in (("grant_types", "client_credentials implicit"), ("response_types", "id_token")):
            given = value.get(name)
            if not isinstance(given, list) or not set(wanted.split()) <= set(map(str, given)):
                raise MetadataRefused(f"{name} must include {wanted}", status=422)
        if value.get("application_type") != "web" or not value.get("client_name"):
            raise MetadataRefused("application_type must be web, and client_name must be there", status=422)
        try:
            metadata = checked(value, self.scopes)
        except MetadataRefused as refusal:
            refusal.status = 422
            raise
        tool = {key: each for key, each in metadata[TOOL_CONFIGURATION].items() if key in _TOOL_KEYS}
        tool["messages"] = [_message(each) for each in tool.get("messages") or () if isinstance(each, dict)]
        tool[PRIVACY_LEVEL] = tool.get(PRIVACY_LEVEL) or _inferred_level(tool.get("claims") or [])
        if tool[PRIVACY_LEVEL] not in _BY_LEVEL:
            raise MetadataRefused("the privacy level is not known", status=422)
        kept = {key: each for key, each in metadata.items() if key in _TOP_KEYS}
        return {**kept, TOOL_CONFIGURATION: tool}

    def registered(self, site: Site, registration: Registration) -> dict[str, Any]:
        """No deployment: it shows up in the first launch."""
        tool = {
            **registration.tool,
            _OWN + "registration_config_url": f"{site.account_url}/api/lti/registrations/{registration.id}/view",
        }
        return {**registration.metadata, "client_id": registration.client_id, TOOL_CONFIGURATION: tool}

    def all_personal(self, person: Person) -> dict[str, str]:
        return {**super().all_personal(person), "picture": f"https://practice.example/{person.id}.png"}

    def personal(self, registration: Registration, person: Person) -> dict[str, str]:
        """What the privacy level shows, whatever claims the tool asked for."""
        shown = _BY_LEVEL[str(registration.tool.get(PRIVACY_LEVEL, "anonymous"))]
        return {key: value for key, value in self.all_personal(person).items() if key in shown}


def _message(given: dict[str, Any]) -> dict[str, Any]:
    message = {key: value for key, value in given.items() if key in _MESSAGE_KEYS}
    named = [str(each).removeprefix(_OWN) for each in message.get("placements") or ()]
    known = [_PLACEMENTS.get(each, each) for each in named]
    message["placements"] = [each for each in known if each in _KNOWN_PLACEMENTS] or ["link_selection"]
    return message


def _inferred_level(claims: list[Any]) -> str:
    names, mail = "name" in claims, "email" in claims
    if "picture" in claims or (names and mail):
        return "public"
    return "name_only" if names else "email_only" if mail else "anonymous"
