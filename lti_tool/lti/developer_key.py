"""Canvas's JSON for an LTI developer key, for where dynamic registration is not to be used.

https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.lti_dev_key_config
"""

from __future__ import annotations

from typing import Any

from lti_tool.domain.launch import MessageType
from lti_tool.lti.dynamic_registration.metadata import NOTICE_SCOPE, SCOPES
from lti_tool.lti.platforms import canvas
from lti_tool.lti.settings import LtiSettings


def developer_key(settings: LtiSettings, registration_id: str) -> dict[str, Any]:
    """What an account administrator pastes, or names by its address. It holds no secret."""
    launch_url = settings.launch_url(registration_id)
    placements = [
        {
            "placement": name,
            "enabled": True,
            "text": settings.tool_name,
            "message_type": str(message_type),
            "target_link_uri": launch_url,
        }
        for message_type in MessageType
        for name in canvas.QUIRKS.placements.get(message_type, ())
    ]
    return {
        "title": settings.tool_name,
        "description": settings.description,
        "oidc_initiation_url": settings.login_url(registration_id),
        "target_link_uri": launch_url,
        "scopes": [*SCOPES, NOTICE_SCOPE],
        "public_jwk_url": settings.jwks_url,
        "custom_fields": dict(canvas.CUSTOM_PARAMETERS),
        "extensions": [
            {
                "domain": settings.domain,
                "tool_id": canvas.TOOL_ID,
                "platform": "canvas.instructure.com",
                "privacy_level": canvas.PRIVACY_LEVEL,
                "settings": {"text": settings.tool_name, "placements": placements},
            }
        ],
    }
