"""Who sent it: the body is a JSON Web Token (RFC 7519) that one of Canvas's keys signed with RS256."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.utils import base64url_decode

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.strict_json import read_json
from lti_tool.sources.values import LONGEST_ID

# (address of a key set, kid) -> the key; raises BadgeToolError `jwt.kid_unknown` and `keys.*`.
FindKey = Callable[[str, str], RSAPublicKey]
_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
# The set is there, and the key is not in it; or it was asked for a moment ago, and was not.
_UNKNOWN = frozenset({"jwt.kid_unknown", "keys.refetch_limited"})


def looks_signed(body: bytes) -> bool:
    return _COMPACT.fullmatch(body.strip()) is not None


def verify(body: bytes, jwks_url: str, find_key: FindKey) -> bytes:
    """The bytes that were signed; nothing in them has been read before.

    Raises, with status 401, `event.unsigned`, `event.alg_forbidden`, `event.key_unknown`, `event.signature_invalid`;
    and `event.keys_unavailable` (503) where the key set cannot be had, so that Canvas tries again.
    """
    compact = body.strip()
    if not looks_signed(compact):
        raise BadgeToolError(
            "event.unsigned",
            "The body is not signed.",
            status=401,
            hint="In Canvas Data Services edit the stream and choose “Sign Payload”.",
        )
    key = _key(_kid(compact), jwks_url, find_key)
    try:
        signed: bytes = jwt.PyJWS(algorithms=["RS256"]).decode(compact, key=key, algorithms=["RS256"])
    except jwt.PyJWTError:
        raise BadgeToolError("event.signature_invalid", "The signature does not fit.", status=401) from None
    return signed


def _kid(compact: bytes) -> str:
    """The name of the key. The header's own words about keys (jwk, jku, x5u) are never looked at."""
    header = _header(compact)
    # "none" proves nothing, and HS256 would take the public key for a secret (RFC 8725, 2.1).
    if header.get("alg") != "RS256":
        raise BadgeToolError("event.alg_forbidden", "Events are signed with RS256 and nothing else.", status=401)
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_ID or not kid.isprintable():
        raise _key_unknown()
    return kid


def _header(compact: bytes) -> dict[str, Any]:
    try:
        header = read_json(base64url_decode(compact.partition(b".")[0]))
    except (ValueError, BadgeToolError):
        header = None
    if not isinstance(header, dict):
        raise BadgeToolError("event.signature_invalid", "The body is no signed event.", status=401)
    return header


def _key(kid: str, jwks_url: str, find_key: FindKey) -> RSAPublicKey:
    try:
        return find_key(jwks_url, kid)
    except BadgeToolError as error:
        if error.code in _UNKNOWN:
            raise _key_unknown() from None
        raise BadgeToolError(
            "event.keys_unavailable",
            "The key set that the event is checked with cannot be had now.",
            status=503,
            hint="The address of the key set stands with the stream on the platform's page.",
        ) from error


def _key_unknown() -> BadgeToolError:
    return BadgeToolError("event.key_unknown", "The key set lists no such key, or not any more.", status=401)
