"""Writing the JWT form: the credential itself is the payload, there is no ``vc`` claim."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.signatures import JwtKey, sign_compact
from lti_tool.credentials.vc_jwt.claims import registered_claims


def sign_jwt(credential: dict[str, Any], *, kid: str, private_key: JwtKey) -> str:
    """The unsigned credential as a compact JWT: RS256, ES256 by a P-256 key or, for those that know it, EdDSA by an
    Ed25519 key. `kid` is the https address of the key's one-JWK document, or the key's name in a did:key.

    The header is ``alg``, ``typ`` and ``kid``: the profile allows no other. Same input, same text.
    """
    return sign_compact({**credential, **registered_claims(credential)}, {"kid": kid}, private_key)
