"""What a tool says of itself in a registration (Dynamic Registration 1.0, 3.5), and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from lti_tool.sandbox.registrations import EVENT_WEBHOOK, TOOL_CONFIGURATION


class MetadataRefused(Exception):
    """Why a client's metadata is not accepted (RFC 7591, 3.2.2). `body` is sent instead of that error's form."""

    def __init__(
        self, description: str, error: str = "invalid_client_metadata", status: int = 400, body: str = ""
    ) -> None:
        super().__init__(description)
        self.error = error
        self.status = status
        self.body = body


def checked(value: Any, supported: Sequence[str]) -> dict[str, Any]:
    """The metadata with those of its scopes that are supported. Raises MetadataRefused."""
    if not isinstance(value, dict) or not isinstance(value.get(TOOL_CONFIGURATION), dict):
        raise MetadataRefused(f"the metadata lacks {TOOL_CONFIGURATION}")
    tool = dict(value[TOOL_CONFIGURATION])
    redirects = value.get("redirect_uris")
    if not isinstance(redirects, list) or not redirects or not all(map(_is_url, redirects)):
        raise MetadataRefused("redirect_uris must hold absolute addresses", "invalid_redirect_uri")
    for name in ("initiate_login_uri", "jwks_uri"):
        if not _is_url(value.get(name)):
            raise MetadataRefused(f"{name} must be an absolute address")
    if not _is_url(tool.get("target_link_uri")):
        raise MetadataRefused("target_link_uri must be an absolute address")
    if value.get("token_endpoint_auth_method") != "private_key_jwt":
        raise MetadataRefused("token_endpoint_auth_method must be private_key_jwt")
    if not isinstance(tool.get(EVENT_WEBHOOK) or {}, dict) or not isinstance(tool.get("messages", []), list):
        raise MetadataRefused("the tool configuration is malformed")
    domain = str(tool.get("domain", ""))
    target = urlsplit(tool["target_link_uri"])
    if domain not in (target.netloc, target.hostname):
        raise MetadataRefused("domain must be the host of target_link_uri")
    granted = [scope for scope in str(value.get("scope", "")).split() if scope in supported]
    return {**value, "scope": " ".join(granted), TOOL_CONFIGURATION: tool}


def _is_url(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
