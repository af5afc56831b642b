"""What the tool asks a platform for, trimmed to what the platform says it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from lti_tool.domain.launch import MessageType
from lti_tool.lti import claims as c
from lti_tool.lti.dynamic_registration.configuration import PlatformConfiguration
from lti_tool.lti.settings import LtiSettings

SCOPES = (c.SCOPE_LINEITEM, c.SCOPE_RESULT_READ, c.SCOPE_SCORE, c.SCOPE_ROSTER)
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email")
# Course copies, where a platform tells of them (PNS 1.0). Asked for only where it is listed, as groups are: Canvas
# refuses a whole registration for one scope it does not know.
NOTICE_SCOPE = c.SCOPE_NOTICES
# For matching accounts and copied courses. Lower case and without "=": Moodle sends keys with capitals twice, and
# cuts values at the second "=".
CUSTOM_PARAMETERS = {
    "user_id": "$User.id",
    "user_username": "$User.username",
    "person_sourcedid": "$Person.sourcedId",
    "course_sourcedid": "$CourseSection.sourcedId",
    "context_id_history": "$Context.id.history",
}


def client_metadata(
    configuration: PlatformConfiguration, settings: LtiSettings, registration_id: str, webhook_secret: str
) -> dict[str, Any]:
    """OpenID client metadata with the LTI tool configuration.

    `webhook_secret` is sent only to a platform that offers the event webhook, and is "" for the others.
    """
    launch_url = settings.launch_url(registration_id)
    tool: dict[str, Any] = {
        "domain": settings.domain,
        "description": settings.description,
        "target_link_uri": launch_url,
        "custom_parameters": _custom_parameters(configuration),
        "claims": _supported(CLAIMS, configuration.claims),
        "messages": _messages(configuration, settings, launch_url),
        **configuration.quirks.tool_configuration,
    }
    if webhook_secret:
        tool[c.EVENT_WEBHOOK] = {
            "url": f"{settings.base_url}/hooks/{registration_id}",
            "secret": webhook_secret,
        }
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["client_credentials", "implicit"],
        "initiate_login_uri": settings.login_url(registration_id),
        "redirect_uris": [launch_url],
        "client_name": settings.tool_name,
        "client_uri": settings.base_url,
        "logo_uri": settings.icon_url,
        "jwks_uri": settings.jwks_url,
        "token_endpoint_auth_method": "private_key_jwt",  # nosec B105: the name of a method, no secret
        "scope": " ".join(wanted_scopes(configuration)),
        c.TOOL_CONFIGURATION: tool,
    }


def wanted_scopes(configuration: PlatformConfiguration) -> list[str]:
    """Our scopes as far as the platform has them, and that of its event feed."""
    listed = [scope for scope in (NOTICE_SCOPE, c.SCOPE_GROUPS) if scope in configuration.scopes]
    feed = [configuration.events.feed_scope] if configuration.events and configuration.events.feed_scope else []
    return _supported((*SCOPES, *listed, *feed), configuration.scopes)


def _supported(wanted: Iterable[str], supported: Collection[str]) -> list[str]:
    return [name for name in wanted if not supported or name in supported]


def _custom_parameters(configuration: PlatformConfiguration) -> dict[str, str]:
    known = configuration.variables
    common = {key: value for key, value in CUSTOM_PARAMETERS.items() if not known or value[1:] in known}
    return common | configuration.quirks.custom_parameters


def _messages(configuration: PlatformConfiguration, settings: LtiSettings, launch_url: str) -> list[dict[str, Any]]:
    return [
        {
            "type": str(message_type),
            "target_link_uri": launch_url,
            "label": settings.tool_name,
            **_placements(configuration, message_type),
            **configuration.quirks.message_extras.get(message_type, {}),
        }
        for message_type in _supported((MessageType.RESOURCE_LINK, MessageType.DEEP_LINKING), configuration.messages)
    ]


def _placements(configuration: PlatformConfiguration, message_type: str) -> dict[str, list[str]]:
    """Where in the LMS a message can begin, in the platform's own spelling; nothing where it leaves no choice."""
    offered, quirks = configuration.messages.get(message_type, ()), configuration.quirks
    wanted = quirks.placements.get(message_type, ())
    if not offered:
        return {"placements": list(wanted)} if wanted else {}
    spellings = ((name, quirks.placement_prefix + name) for name in wanted)
    common = [next((one for one in names if one in offered), None) for names in spellings]
    return {"placements": found} if (found := [name for name in common if name]) else {}
