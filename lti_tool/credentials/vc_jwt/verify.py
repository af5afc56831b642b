"""Reading the JWT form: strict about the header, and about claims that contradict the credential."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.credentials.json_text import MAX_JSON_BYTES, parse_object
from lti_tool.credentials.keys_text import PublicKey, b64url_decode
from lti_tool.credentials.vc_jwt.claims import JWT_CLAIMS, registered_claims
from lti_tool.domain.errors import BadgeToolError

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_HEADER_MEMBERS = frozenset({"alg", "typ", "kid", "jwk"})
_ALGORITHMS: dict[str, type] = {"RS256": RSAPublicKey, "ES256": EllipticCurvePublicKey}


@dataclass(frozen=True, slots=True)
class CompactJwt:
    """A JWT that could be read. Nothing of it is proved yet. `kid` is "" where the header embeds a key instead."""

    text: str
    algorithm: str
    kid: str
    embedded_jwk: dict[str, Any] | None
    payload: dict[str, Any]


def parse_jwt(text: str) -> CompactJwt:
    """Take a compact JWT apart.

    Raises BadgeToolError ``credential.unreadable`` or, for an algorithm or header outside the profile,
    ``credential.jwt_header``.
    """
    if len(text) > 2 * MAX_JSON_BYTES or not _COMPACT.fullmatch(text):
        raise BadgeToolError("credential.unreadable", "The text is not a compact JWT.")
    try:
        header, payload = (parse_object(b64url_decode(part)) for part in text.split(".")[:2])
    except ValueError as error:
        raise BadgeToolError("credential.unreadable", "The text is not a compact JWT.") from error
    kid, jwk = header.get("kid", ""), header.get("jwk")
    has_one_key = (isinstance(kid, str) and bool(kid)) != isinstance(jwk, dict)
    if header.get("alg") not in _ALGORITHMS or not _HEADER_MEMBERS.issuperset(header) or not has_one_key:
        raise BadgeToolError("credential.jwt_header", "The JWT header is not one that Open Badges 3.0 allows.")
    return CompactJwt(text, header["alg"], kid, jwk, payload)


def key_signed(parsed: CompactJwt, key: PublicKey) -> bool:
    """Whether `key` made the signature, with the algorithm its kind allows. Dates are judged elsewhere."""
    if not isinstance(key, _ALGORITHMS[parsed.algorithm]):
        return False
    no_claims = {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        jwt.decode(parsed.text, key, algorithms=[parsed.algorithm], options=no_claims)  # type: ignore[arg-type]
    except jwt.InvalidTokenError:
        return False
    return True


def credential_of(parsed: CompactJwt) -> dict[str, Any]:
    """The credential in the payload, without the registered claims.

    Raises BadgeToolError ``credential.jwt_claims`` where a claim is missing or says another thing than the
    credential: two readers would then see two badges.
    """
    credential = {term: value for term, value in parsed.payload.items() if term not in (*JWT_CLAIMS, "iat")}
    claims = {term: parsed.payload[term] for term in JWT_CLAIMS if term in parsed.payload}
    try:
        expected = registered_claims(credential)
    except BadgeToolError as error:
        raise BadgeToolError("credential.jwt_claims", "The JWT lacks what Open Badges 3.0 asks for.") from error
    if claims != expected:
        raise BadgeToolError("credential.jwt_claims", "The JWT's claims contradict the credential inside it.")
    return credential
