"""What is served for an issuer: did.json, and one document for each key of JWTs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.credentials.contexts import DID_V1, MULTIKEY_V1
from lti_tool.credentials.did_web.identifiers import JwtPublicKey, ProofPublicKey, jwk_method, multikey_method
from lti_tool.credentials.keys_text import thumbprint, to_jwk, to_multibase
from lti_tool.credentials.timestamps import to_text

_JWK_CONTEXT = "https://w3id.org/security/jwk/v1"


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    """Every key that ever signed for an issuer, retired ones too: dropping one breaks each badge it signed.

    `proof`: of embedded proofs. `jwt`: of JWTs. `withdrawn`: of embedded proofs, with since when nothing that they sign
    is the issuer's any more.
    """

    proof: tuple[ProofPublicKey, ...]
    jwt: tuple[JwtPublicKey, ...]
    withdrawn: tuple[tuple[ProofPublicKey, datetime | None], ...] = ()


def did_document(did: str, keys: IssuerKeys) -> dict[str, Any]:
    """did.json (https://www.w3.org/TR/did-1.0/): Multikey for embedded proofs, JsonWebKey for JWTs.

    ``assertionMethod`` lists full DID URLs as strings, because verifiers compare them as text.
    """
    methods = [multikey_document(did, key, multikey_method(did, key)) for key in keys.proof]
    methods += [_json_web_key(did, key, jwk_method(did, key)) for key in keys.jwt]
    # Nothing that they signed is accepted: they are listed to tell since when (Controlled Identifiers 1.0, `revoked`).
    gone = [
        multikey_document(did, key, multikey_method(did, key)) | ({"revoked": to_text(at)} if at else {})
        for key, at in keys.withdrawn
    ]
    contexts = [DID_V1, MULTIKEY_V1] + ([_JWK_CONTEXT] if keys.jwt else [])
    return {
        "@context": contexts,
        "id": did,
        "verificationMethod": methods + gone,
        "assertionMethod": [method["id"] for method in methods],
    }


def profile_keys(
    issuer_id: str, proof: Mapping[str, ProofPublicKey], jwt: Mapping[str, JwtPublicKey]
) -> dict[str, Any]:
    """What the profile of an issuer without a DID says of its keys, by the address of each key's own document
    (https://www.w3.org/TR/cid-1.0/#verification-methods)."""
    methods = [multikey_document(issuer_id, key, address) for address, key in proof.items()]
    methods += [_json_web_key(issuer_id, key, address) for address, key in jwt.items()]
    return {"verificationMethod": methods, "assertionMethod": [*proof, *jwt]}


def multikey_document(issuer_id: str, key: ProofPublicKey, address: str) -> dict[str, Any]:
    """A key of embedded proofs as it is listed, and as it is served at `address`."""
    return {"id": address, "type": "Multikey", "controller": issuer_id, "publicKeyMultibase": to_multibase(key)}


def key_document(did: str, key: JwtPublicKey, kid: str) -> dict[str, str]:
    """The single JWK at the address that JWTs name as their ``kid``; `controller` says whose it is."""
    return {**to_jwk(key), "alg": _algorithm(key), "use": "sig", "kid": kid, "controller": did}


def _json_web_key(did: str, key: JwtPublicKey, name: str) -> dict[str, Any]:
    jwk = {**to_jwk(key), "alg": _algorithm(key), "kid": thumbprint(key)}
    return {"id": name, "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}


def _algorithm(key: JwtPublicKey) -> str:
    if isinstance(key, Ed25519PublicKey):
        return "EdDSA"
    return "RS256" if isinstance(key, RSAPublicKey) else "ES256"
