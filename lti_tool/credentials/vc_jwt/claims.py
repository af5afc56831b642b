"""The registered claims that repeat members of the credential (Open Badges 3.0, section 8.2.2)."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.timestamps import from_text
from lti_tool.domain.errors import BadgeToolError

JWT_CLAIMS = ("iss", "jti", "nbf", "sub", "exp")


def registered_claims(credential: dict[str, Any]) -> dict[str, Any]:
    """iss, jti, nbf, sub and, where the badge ends, exp; times in whole seconds since 1970.

    Raises BadgeToolError ``credential.incomplete`` where the credential lacks what a claim repeats.
    """
    issuer = credential.get("issuer")
    subject = credential.get("credentialSubject")
    claims: dict[str, Any] = {
        "iss": issuer.get("id") if isinstance(issuer, dict) else issuer,
        "jti": credential.get("id"),
        "nbf": _seconds(credential.get("validFrom")),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
    }
    if not all(claims.values()):
        raise BadgeToolError("credential.incomplete", "The credential lacks a member that its JWT form must repeat.")
    if "validUntil" in credential:
        claims["exp"] = _seconds(credential["validUntil"])
    return claims


def _seconds(text: Any) -> int:
    return int(from_text(text if isinstance(text, str) else "").timestamp())
