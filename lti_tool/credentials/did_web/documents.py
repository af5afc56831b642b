"""What is served for an issuer: did.json, and one document for each key of JWTs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.credentials.contexts import DID_V1, MULTIKEY_V1
from lti_tool.credentials.did_web.identifiers import JwtPublicKey, ProofPublicKey, jwk_method, multikey_method
from lti_tool.credentials.keys_text import thumbprint, to_jwk, to_multibase

_JWK_CONTEXT = "https://w3id.org/security/jwk/v1"


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    """Every key that ever signed for an issuer, retired ones too: dropping one breaks each badge it signed.

    `proof`: of embedded proofs. `jwt`: of JWTs.
    """

    proof: tuple[ProofPublicKey, ...]
    jwt: tuple[JwtPublicKey, ...]


def did_document(did: str, keys: IssuerKeys) -> dict[str, Any]:
    """did.json (https://www.w3.org/TR/did-1.0/): Multikey for embedded proofs, JsonWebKey for JWTs.

    ``assertionMethod`` lists full DID URLs as strings, because verifiers compare them as text.
    """
    methods = [_multikey(did, key) for key in keys.proof] + [_json_web_key(did, key) for key in keys.jwt]
    contexts = [DID_V1, MULTIKEY_V1] + ([_JWK_CONTEXT] if keys.jwt else [])
    return {
        "@context": contexts,
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def key_document(did: str, key: JwtPublicKey, kid: str) -> dict[str, str]:
    """The single JWK at the address that JWTs name as their ``kid``; `controller` says whose it is."""
    return {**to_jwk(key), "alg": _algorithm(key), "use": "sig", "kid": kid, "controller": did}


def _multikey(did: str, key: ProofPublicKey) -> dict[str, Any]:
    return {
        "id": multikey_method(did, key),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": to_multibase(key),
    }


def _json_web_key(did: str, key: JwtPublicKey) -> dict[str, Any]:
    jwk = {**to_jwk(key), "alg": _algorithm(key), "kid": thumbprint(key)}
    return {"id": jwk_method(did, key), "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}


def _algorithm(key: JwtPublicKey) -> str:
    return "RS256" if isinstance(key, RSAPublicKey) else "ES256"
