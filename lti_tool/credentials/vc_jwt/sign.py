"""Writing the JWT form: the credential itself is the payload, there is no ``vc`` claim."""

from __future__ import annotations

from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from lti_tool.credentials.vc_jwt.claims import registered_claims


def sign_jwt(credential: dict[str, Any], *, kid: str, private_key: RSAPrivateKey) -> str:
    """The unsigned credential as a compact RS256 JWT. `kid` is the https address of the key's one-JWK document.

    The header is ``alg``, ``typ`` and ``kid``: the profile allows no other. Same input, same text.
    """
    payload = {**credential, **registered_claims(credential)}
    return jwt.encode(payload, private_key, algorithm="RS256", headers={"kid": kid})
