"""Names: the issuer's DID, its keys, and where each is served (https://w3c-ccg.github.io/did-method-web/)."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.credentials.keys_text import thumbprint, to_multibase
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.issuer import require_slug

ProofPublicKey = Ed25519PublicKey | EllipticCurvePublicKey
JwtPublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_PATH_PART = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]+")
_LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1"})


def issuer_did(base_url: str, slug: str) -> str:
    """``did:web:host%3Aport:…:issuers:slug`` for an issuer of the tool served at `base_url`.

    Raises BadgeToolError ``issuer.slug_invalid`` or ``issuer.base_url_invalid``.
    """
    require_slug(slug)
    parts = urlsplit(base_url)
    path = [part for part in parts.path.split("/") if part]
    if not _HOST.fullmatch(parts.netloc) or not all(_PATH_PART.fullmatch(part) for part in path):
        raise BadgeToolError("issuer.base_url_invalid", "The tool's address cannot be turned into an issuer identity.")
    return ":".join(["did:web", quote(parts.netloc, safe=""), *path, "issuers", slug])


def did_url(did: str) -> str:
    """Where a did:web's document is. http only for this very machine, https everywhere else.

    Raises BadgeToolError ``did.invalid``.
    """
    if not did.startswith("did:web:") or len(did) > 500:
        raise _invalid()
    host, *path = (unquote(part) for part in did.removeprefix("did:web:").split(":"))
    if not _HOST.fullmatch(host) or not all(_PATH_PART.fullmatch(part) for part in path):
        raise _invalid()
    scheme = "http" if host.split(":")[0] in _LOCAL_HOSTS else "https"
    return f"{scheme}://{host}/{'/'.join(path) if path else '.well-known'}/did.json"


def multikey_method(did: str, key: ProofPublicKey) -> str:
    """The DID URL of a key of embedded proofs. The fragment is the key itself: a verifier needs no further lookup."""
    return f"{did}#{to_multibase(key)}"


def jwk_method(did: str, key: JwtPublicKey) -> str:
    """The DID URL of a key of JWTs; the fragment is its thumbprint."""
    return f"{did}#{thumbprint(key)}"


def did_key(key: ProofPublicKey) -> str:
    """The DID that is a key (https://w3c-ccg.github.io/did-key-spec/)."""
    return f"did:key:{to_multibase(key)}"


def profile_url(base_url: str, slug: str) -> str:
    """The address of an issuer's profile: the `id` of an issuer that has no DID."""
    return f"{base_url.rstrip('/')}/issuers/{require_slug(slug)}"


def key_document_url(base_url: str, slug: str, key: JwtPublicKey) -> str:
    """Where the key's one-JWK document is served; this address is the ``kid`` of the issuer's JWTs."""
    return f"{base_url.rstrip('/')}/issuers/{slug}/keys/{thumbprint(key)}.json"


def _invalid() -> BadgeToolError:
    return BadgeToolError("did.invalid", "The identity is not a well-formed did:web.")
