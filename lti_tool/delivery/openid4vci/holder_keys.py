"""The key a wallet proves to hold, and the DID that stands for it in the badge."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lti_tool.delivery.openid4vci.refusal import WalletRefusal, invalid_proof
from lti_tool.domain.errors import BadgeToolError

HolderKey = Ed25519PublicKey | EllipticCurvePublicKey
HolderResolver = Callable[[str], object]
"""Gives the public key of a did:key or did:jwk, with or without its fragment, and fetches nothing. Raises
BadgeToolError for a malformed one."""

# A DID ends up in the badge, in the database and in every later proof: no wallet needs a longer one.
MAX_DID = 1000
_SELF_CONTAINED = ("did:key:", "did:jwk:")
_PUBLIC_MEMBERS = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y")}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})

# The points of order 1, 2, 4 and 8 (RFC 8032 5.1, RFC 7748 7): signatures under them prove nothing, since
# anybody can make them. Spellings with y >= p name the same points.
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
)


def holder_of(header: Mapping[str, Any], resolve: HolderResolver) -> tuple[str, HolderKey]:
    """(DID, public key) named by the header of a key proof (OpenID4VCI 1.0, appendix F.1).

    Exactly one of ``kid`` (a did:key or did:jwk URL) and ``jwk``; ``x5c`` is not accepted. Raises WalletRefusal.
    """
    given = [name for name in ("kid", "jwk", "x5c") if name in header]
    if given not in (["kid"], ["jwk"]):
        raise invalid_proof("key_reference", "The proof must name its key by kid or by jwk, and by one of them only.")
    did = _did_of_kid(header["kid"]) if given == ["kid"] else _did_of_jwk(header["jwk"])
    try:
        # Whatever makes a key unreadable, the wallet learns only that it is: the resolver's text may quote it.
        key = resolve(did if given == ["jwk"] else header["kid"])
    except (BadgeToolError, ValueError) as error:
        raise _key_refused() from error
    if isinstance(key, Ed25519PublicKey) and key.public_bytes_raw() not in _SMALL_ORDER:
        return did, key
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return did, key
    raise _key_refused()


def algorithm_of(key: HolderKey) -> str:
    """The one JOSE algorithm that a key of this kind signs with."""
    return "EdDSA" if isinstance(key, Ed25519PublicKey) else "ES256"


def _did_of_kid(kid: object) -> str:
    # Only DIDs that carry their own key: any other would have to be fetched from an address a stranger chose.
    if not isinstance(kid, str) or len(kid) > 2 * MAX_DID or not kid.startswith(_SELF_CONTAINED):
        raise invalid_proof("key_method", "The key must be a did:key or a did:jwk.")
    did = kid.partition("#")[0]
    if len(did) > MAX_DID:
        raise _key_refused()
    return did


def _did_of_jwk(jwk: object) -> str:
    """did:jwk of the required members in one fixed order, so that one key is always one holder."""
    if not isinstance(jwk, dict):
        raise _key_refused()
    if _PRIVATE_MEMBERS & jwk.keys():
        raise invalid_proof("private_key", "The jwk must hold a public key only.")
    kind = jwk.get("kty")
    members = _PUBLIC_MEMBERS.get(kind, ()) if isinstance(kind, str) else ()
    if not members or not all(isinstance(jwk.get(member), str) for member in members):
        raise _key_refused()
    text = json.dumps({member: jwk[member] for member in members}, separators=(",", ":"))
    did = "did:jwk:" + urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    if len(did) > MAX_DID:
        raise _key_refused()
    return did


def _key_refused() -> WalletRefusal:
    return invalid_proof("key", "The key is not a usable Ed25519 or P-256 public key.")
