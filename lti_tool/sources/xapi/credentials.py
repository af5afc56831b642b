"""HTTP Basic authentication, as xAPI clients send it (RFC 7617)."""

from __future__ import annotations

import base64
import binascii

from lti_tool.domain.errors import BadgeToolError


def read_basic(header: str | None) -> tuple[str, str]:
    """(key id, secret) of an Authorization header.

    Raises `event.unsigned` without one, `event.alg_forbidden` for another scheme, `event.signature_invalid` for what
    cannot be read, all with status 401.
    """
    if not header:
        raise BadgeToolError("event.unsigned", "The request carries no credentials.", status=401)
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        raise BadgeToolError("event.alg_forbidden", "Statements are sent with Basic credentials.", status=401)
    try:
        key_id, colon, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        key_id = colon = secret = ""
    if not (key_id and colon and secret):
        raise BadgeToolError("event.signature_invalid", "The credentials cannot be read.", status=401)
    return key_id, secret
