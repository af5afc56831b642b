"""DIDs that are their own document: did:key and did:jwk, as wallets use them. Nothing is fetched."""

from __future__ import annotations

from lti_tool.credentials.json_text import parse_object
from lti_tool.credentials.keys_text import PublicKey, b64url_decode, from_jwk, from_multibase
from lti_tool.domain.errors import BadgeToolError


def public_key_of_did(did: str) -> PublicKey:
    """The public key of a did:key (Ed25519, P-256) or did:jwk, with or without its fragment.

    Raises BadgeToolError ``did.invalid`` or ``credential.key_invalid``.
    """
    plain, _, fragment = did.partition("#")
    method, _, identifier = plain.removeprefix("did:").partition(":")
    if method == "key" and fragment in ("", identifier):
        return from_multibase(identifier)
    if method == "jwk" and fragment in ("", "0"):
        try:
            return from_jwk(parse_object(b64url_decode(identifier)))
        except ValueError as error:
            raise _invalid() from error
    raise _invalid()


def _invalid() -> BadgeToolError:
    return BadgeToolError("did.invalid", "The identity is neither a well-formed did:key nor a did:jwk.")
