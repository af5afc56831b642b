"""The API key that a sensor sends as a bearer token (Caliper 1.2, 5; RFC 6750).

One text holds both parts of a credential: sensors have one field to enter it.
"""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError

_BETWEEN = "."


def new_api_key(key_id: str, secret: str) -> str:
    """What an administrator enters in the sensor."""
    return f"{key_id}{_BETWEEN}{secret}"


def read_bearer(header: str | None) -> tuple[str, str]:
    """(key id, secret) of an Authorization header.

    Raises `event.unsigned` without one, `event.alg_forbidden` for another scheme, `event.signature_invalid` for what
    cannot be a key of ours, all with status 401.
    """
    if not header:
        raise BadgeToolError("event.unsigned", "The request carries no API key.", status=401)
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer":
        raise BadgeToolError("event.alg_forbidden", "The API key is sent as a bearer token.", status=401)
    key_id, dot, secret = text.strip().partition(_BETWEEN)
    if not (key_id and dot and secret and text.isascii()):
        raise BadgeToolError("event.signature_invalid", "The API key cannot be read.", status=401)
    return key_id, secret
