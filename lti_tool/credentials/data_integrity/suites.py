"""The cryptosuites that are written and checked, by the kind of key: Ed25519 and P-256.

Both give the same bytes for the same data: Ed25519 by design, ECDSA with the nonce of RFC 6979.
"""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from lti_tool.credentials.keys_text import PublicKey
from lti_tool.credentials.signatures import as_der, sign_p256

EDDSA = "eddsa-rdfc-2022"  # https://www.w3.org/TR/vc-di-eddsa/#eddsa-rdfc-2022
ECDSA_P256 = "ecdsa-rdfc-2019"  # https://www.w3.org/TR/vc-di-ecdsa/#ecdsa-rdfc-2019
SUITES = frozenset({EDDSA, ECDSA_P256})
# The type of a proof before there were cryptosuites, over the same bytes; only read
# (https://www.w3.org/TR/vc-di-eddsa/#ed25519signature2020).
_OLDER_TYPES = {"Ed25519Signature2020": EDDSA}
SIGNATURE_BYTES = 64

SuiteKey = Ed25519PrivateKey | EllipticCurvePrivateKey


def suite_named(proof: dict[str, Any]) -> str:
    """The suite that a proof was made by, "" for one that is not known."""
    if proof.get("type") == "DataIntegrityProof":
        suite = proof.get("cryptosuite")
        return suite if isinstance(suite, str) and suite in SUITES else ""
    return _OLDER_TYPES.get(str(proof.get("type")), "")


def suite_of(key: SuiteKey) -> str:
    """The suite that a private key signs with."""
    return EDDSA if isinstance(key, Ed25519PrivateKey) else ECDSA_P256


def signature_of(key: SuiteKey, data: bytes) -> bytes:
    """64 bytes: for ECDSA r and s, each 32 bytes (IEEE P1363), as the suite asks."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(data)
    return sign_p256(key, data)


def holds(suite: str, key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether `signature` (64 bytes) is of `key` over `data`; a key of another kind than the suite's made none."""
    try:
        if suite == EDDSA and isinstance(key, Ed25519PublicKey):
            key.verify(signature, data)
            return True
        if suite == ECDSA_P256 and isinstance(key, EllipticCurvePublicKey):
            key.verify(as_der(signature), data, ECDSA(SHA256()))
            return True
    except InvalidSignature:
        pass
    return False
