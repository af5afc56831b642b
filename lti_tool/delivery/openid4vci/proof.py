"""Key proofs of type ``jwt`` (OpenID4VCI 1.0, appendix F.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

import jwt

from lti_tool.delivery.openid4vci.configurations import PROOF_ALGORITHMS
from lti_tool.delivery.openid4vci.holder_keys import HolderResolver, algorithm_of, holder_of
from lti_tool.delivery.openid4vci.refusal import invalid_proof

PROOF_TYPE = "openid4vci-proof+jwt"
MAX_PROOF = 8192
MAX_AGE_S = 300
LEEWAY_S = 60

# PyJWT would compare times with the system's clock; they are compared below with the injected one.
_UNCHECKED = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}


@dataclass(frozen=True, slots=True)
class Proven:
    """Who signed, and which nonce. The nonce still has to be taken."""

    did: str
    nonce: str


def check_proof(proof: str, audience: str, resolve: HolderResolver, now: datetime) -> Proven:
    """Checks everything of a proof but its nonce's freshness; opens no socket and changes nothing.

    `audience` is the Credential Issuer Identifier. Raises WalletRefusal (`invalid_proof`).
    """
    if len(proof) > MAX_PROOF:
        raise invalid_proof("too_long", "The proof is too long.")
    header = _header(proof)
    did, key = holder_of(header, resolve)
    if header["alg"] != algorithm_of(key):
        raise invalid_proof("alg_key", "The proof's alg does not fit its key.")
    try:
        claims = jwt.decode(proof, key=key, algorithms=[header["alg"]], options=_UNCHECKED)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise invalid_proof("signature", "The proof's signature does not hold.") from None
    return Proven(did, _nonce(claims, audience, now.timestamp()))


def _header(proof: str) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(proof)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise invalid_proof("unreadable", "The proof is not a JWT.") from None
    if header.get("typ") != PROOF_TYPE:
        raise invalid_proof("typ", f"The proof's typ must be {PROOF_TYPE}.")
    if header.get("alg") not in PROOF_ALGORITHMS:
        raise invalid_proof("alg", "The proof must be signed with EdDSA or ES256.")
    if "crit" in header or "key_attestation" in header:
        # RFC 7515 4.1.11. No attestation is asked for and no attester is known here, so none can be believed.
        raise invalid_proof("header", "The proof's header asks for what is not supported here.")
    return header


def _nonce(claims: Mapping[str, Any], audience: str, now: float) -> str:
    if claims.get("aud") not in (audience, [audience]):
        raise invalid_proof("aud", "The proof was made for somebody else.")
    if "iss" in claims:
        # F.1: left out where the access token was got anonymously, as it always is here.
        raise invalid_proof("iss", "The proof must not have an iss.")
    issued = claims.get("iat")
    if not _is_number(issued) or not now - MAX_AGE_S <= issued <= now + LEEWAY_S:
        raise invalid_proof("iat", "The proof was not made just now.")
    ends, begins = claims.get("exp", now), claims.get("nbf", now)
    if not _is_number(ends) or not _is_number(begins) or ends + LEEWAY_S < now or begins - LEEWAY_S > now:
        raise invalid_proof("validity", "The proof is not valid now.")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not nonce:
        raise invalid_proof("nonce_missing", "The proof has no nonce.")
    return nonce


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
