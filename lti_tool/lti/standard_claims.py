"""The OpenID Connect claims of a platform's token (Security Framework 1.0, 5.1.3)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from lti_tool.lti.refusals import refusal

LEEWAY_SECONDS = 60
OLDEST_SECONDS = 3600


def check_standard_claims(
    claims: dict[str, Any],
    *,
    issuer: str,
    client_id: str,
    now: datetime,
    trusted_audiences: Collection[str] = (),
) -> None:
    """Raises BadgeToolError `claim.*` (401) unless the token is from `issuer`, for us, and of this moment."""
    _check_issuer(claims.get("iss"), issuer)
    _check_audience(claims, client_id, trusted_audiences)
    _check_times(claims, now.timestamp())
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise refusal("claim.nonce_missing")


def _check_issuer(claimed: Any, issuer: str) -> None:
    if not claimed:
        raise refusal("claim.iss_missing")
    if claimed != issuer:
        raise refusal("claim.iss_mismatch")


def _check_audience(claims: dict[str, Any], client_id: str, trusted: Collection[str]) -> None:
    audience = claims.get("aud")
    if not audience:
        raise refusal("claim.aud_missing")
    audiences = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(other, str) for other in audiences):
        raise refusal("claim.aud_untrusted")
    if client_id not in audiences:
        raise refusal("claim.aud_mismatch")
    if any(other != client_id and other not in trusted for other in audiences):
        raise refusal("claim.aud_untrusted")
    if len(audiences) > 1 and "azp" not in claims:
        raise refusal("claim.azp_missing")
    if claims.get("azp", client_id) != client_id:
        raise refusal("claim.azp_mismatch")


def _check_times(claims: dict[str, Any], now: float) -> None:
    for name, code in (("exp", "claim.exp_missing"), ("iat", "claim.iat_missing")):
        if claims.get(name) is None:
            raise refusal(code)
    expires, issued, not_before = (_whole(claims.get(name, 0)) for name in ("exp", "iat", "nbf"))
    if expires <= issued:
        raise refusal("claim.time_order")
    if now >= expires + LEEWAY_SECONDS:
        raise refusal("claim.expired")
    if now < max(issued, not_before) - LEEWAY_SECONDS:
        raise refusal("claim.not_yet_valid")
    if now - issued > OLDEST_SECONDS + LEEWAY_SECONDS:
        raise refusal("claim.too_old")


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise refusal("claim.time_type")
    return value
