"""Dynamic Registration 1.0: what this platform offers, and the registration of a tool."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from lti_tool.sandbox import registrations, rules, scopes
from lti_tool.sandbox.claims import PERSONAL_CLAIMS, PRODUCT, VERSION
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.practice import Practice, this_practice
from lti_tool.sandbox.registrations import EVENT_WEBHOOK, TOOL_CONFIGURATION

blueprint = Blueprint("dynamic_registration", __name__)
VARIABLES = [
    *("User.id", "Person.name.full", "Person.name.given", "Person.name.family", "Person.email.primary"),
    *("Context.id", "Context.label", "Context.title", "Context.id.history"),
    *("Membership.role", "ResourceLink.id", "ResourceLink.title"),
]


class MetadataRefused(Exception):
    """Why a client's metadata is not accepted (RFC 7591, 3.2.2)."""

    def __init__(self, description: str, error: str = "invalid_client_metadata", status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.status = status


@blueprint.errorhandler(MetadataRefused)
def _refused(refusal: MetadataRefused) -> tuple[Response, int]:
    return jsonify(error=refusal.error, error_description=str(refusal)), refusal.status


@blueprint.get("/.well-known/openid-configuration")
def configuration() -> Response:
    """The OpenID configuration with what LTI adds to it."""
    base_url = this_practice().base_url
    return jsonify(
        {
            "issuer": base_url,
            "authorization_endpoint": f"{base_url}/lti/auth",
            "token_endpoint": f"{base_url}/lti/token",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": f"{base_url}/lti/jwks",
            "registration_endpoint": f"{base_url}/lti/register",
            "scopes_supported": ["openid", *scopes.SUPPORTED],
            "response_types_supported": ["id_token"],
            "response_modes_supported": ["form_post"],
            "grant_types_supported": ["implicit", "client_credentials"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["iss", "sub", *PERSONAL_CLAIMS],
            "https://purl.imsglobal.org/spec/lti-platform-configuration": {
                "product_family_code": PRODUCT,
                "version": VERSION,
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest"},
                    {"type": "LtiDeepLinkingRequest"},
                ],
                "variables": VARIABLES,
                EVENT_WEBHOOK: {
                    "event_types": list(rules.EVENT_TYPES),
                    "feed_scope": scopes.EVENTS,
                    "feed_url": f"{base_url}/lti/events",
                },
            },
        }
    )


@blueprint.post("/lti/register")
def register() -> tuple[Response, int]:
    """Registers a tool with a single-use token; it stays pending until an admin agrees.

    A refused answer does not spend the token, so that a tool can correct itself.
    """
    practice = this_practice()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    metadata, webhook = checked_metadata(request.get_json(silent=True))
    with practice.database.transaction() as connection:
        registration_id = registrations.take_token(connection, token.strip(), practice.clock())
        if scheme.lower() != "bearer" or registration_id is None:
            raise MetadataRefused("the registration token is unknown, used or expired", "invalid_token", 401)
        try:
            registration = registrations.answer(connection, registration_id, metadata, webhook)
        except PracticeError as error:
            raise MetadataRefused(error.message) from error
    return jsonify(_response(practice, registration)), 201


def _response(practice: Practice, registration: registrations.Registration) -> dict[str, Any]:
    tool = {**registration.tool, "deployment_id": registration.deployment_id}
    return {
        **registration.metadata,
        "client_id": registration.client_id,
        TOOL_CONFIGURATION: tool,
    }


def checked_metadata(value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is kept of a client's metadata, and (apart, for its secret) its event webhook."""
    if not isinstance(value, dict) or not isinstance(value.get(TOOL_CONFIGURATION), dict):
        raise MetadataRefused(f"the metadata lacks {TOOL_CONFIGURATION}")
    tool = dict(value[TOOL_CONFIGURATION])
    webhook = tool.pop(EVENT_WEBHOOK, None) or {}
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
    if not isinstance(webhook, dict) or not isinstance(tool.get("messages", []), list):
        raise MetadataRefused("the tool configuration is malformed")
    domain = str(tool.get("domain", ""))
    target = urlsplit(tool["target_link_uri"])
    if domain not in (target.netloc, target.hostname):
        raise MetadataRefused("domain must be the host of target_link_uri")
    granted = [scope for scope in str(value.get("scope", "")).split() if scope in scopes.SUPPORTED]
    return {**value, "scope": " ".join(granted), TOOL_CONFIGURATION: tool}, webhook


def _is_url(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
