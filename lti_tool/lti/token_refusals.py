"""Why a platform gave no access token, as far as its answer tells (RFC 6749, 5.2)."""

from __future__ import annotations

import re
from typing import Any

import requests

from lti_tool.lti.service_errors import ServiceError, refused_by_platform

# A pattern of `error` or `error_description` -> our code, and what the platform does. The platform's own text is
# compared and never repeated. Canvas says "JWK Error: …" and "JWS signature invalid."; others say in words what
# happened to them when they fetched our keys or looked at the times.
_TOLD = (
    (re.compile(r"jwk error|key set cannot be (fetched|read)|unable to fetch"), "token.keys_unreachable"),
    (re.compile(r"signature|no key of that kid"), "token.signature_refused"),
    (re.compile(r"\biat\b|\bexp\b|in the future|expired|clock"), "token.clock"),
)
_ERRORS = {
    "invalid_scope": "token.scope_refused",
    "invalid_client": "token.client_refused",
    "unauthorized_client": "token.client_refused",
}
_REASONS = {
    "token.keys_unreachable": "could not read our public keys",
    "token.signature_refused": "does not accept our signature",
    "token.clock": "finds the times of our request wrong",
    "token.scope_refused": "grants none of the services that were asked for",
    "token.client_refused": "does not accept this client",
}


def token_refused(response: requests.Response) -> ServiceError:
    """The error for an answer without a token: `token.unavailable`, `token.refused`, or a code that says more."""
    plain = refused_by_platform("token", response)
    code = _code(response) if plain.code == "token.refused" else ""
    if not code:
        return plain
    message = f"The platform {_REASONS[code]} (HTTP {response.status_code})."
    return ServiceError(code, message, status=plain.status, hint=plain.hint, retry_after=plain.retry_after)


def _code(response: requests.Response) -> str:
    try:
        body: Any = response.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    told = " ".join(text for name in ("error", "error_description") if isinstance(text := body.get(name), str))
    for pattern, code in _TOLD:
        if pattern.search(told.lower()):
            return code
    return _ERRORS.get(str(body.get("error")), "")
