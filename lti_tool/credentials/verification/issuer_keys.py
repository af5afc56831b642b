"""Which key made a proof, and does the issuer call that key its own? Two questions, answered apart.

The first needs only a key; the second needs the issuer's own document, because anybody can sign in anybody's name.
"""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.did_web.self_contained import public_key_of_did
from lti_tool.credentials.keys_text import PublicKey, from_jwk, from_multibase, thumbprint
from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.domain.errors import BadgeToolError

_SELF_CONTAINED = ("did:key:", "did:jwk:")


def key_named(name: str, resolver: Resolver) -> PublicKey:
    """The key that a ``verificationMethod`` or ``kid`` names.

    A fragment that is the key itself needs no lookup. Raises BadgeToolError where the key cannot be found.
    """
    document_name, _, fragment = name.partition("#")
    if name.startswith(_SELF_CONTAINED):
        return public_key_of_did(name)
    if fragment.startswith("z"):
        return from_multibase(fragment)
    document = _document(document_name, resolver)
    if "kty" in document:
        return from_jwk(document)
    for method in [document, *_objects(document.get("verificationMethod"))]:
        if method.get("id") == name and ("publicKeyMultibase" in method or "publicKeyJwk" in method):
            return _key_of(method)
    raise BadgeToolError("issuer_key.unknown", "The key that signed this badge could not be found.")


def issuer_owns(
    issuer_id: str, key: PublicKey, method: str, resolver: Resolver, relation: str = "assertionMethod"
) -> bool | None:
    """Whether the issuer's own document lists `key` for making claims; None where it says nothing about keys.
    `relation`: for what else it must be listed (Controlled Identifiers 1.0, verification relationships).

    `method` is the name the proof gave the key; where that is a DID URL it must belong to the issuer itself.
    Raises BadgeToolError where the issuer's document cannot be had.
    """
    controller = method.partition("#")[0]
    if method.startswith("did:") and controller != issuer_id:
        return False
    wanted = thumbprint(key)
    if issuer_id.startswith(_SELF_CONTAINED):
        return thumbprint(public_key_of_did(issuer_id)) == wanted
    document = _document(issuer_id, resolver)
    if document.get("id") != issuer_id:
        return False
    if relation not in document:
        return None
    return any(_is_the_key(candidate, method, wanted) for candidate in _methods_for(relation, document, issuer_id))


def _is_the_key(candidate: dict[str, Any], method: str, wanted: str) -> bool:
    if method.startswith("did:") and candidate.get("id") != method:
        return False
    try:
        return thumbprint(_key_of(candidate)) == wanted
    except BadgeToolError:
        return False  # another kind of key stands beside the one that is looked for


def _methods_for(relation: str, document: dict[str, Any], issuer_id: str) -> list[dict[str, Any]]:
    listed = document[relation]
    entries = listed if isinstance(listed, list) else [listed]
    names = {entry for entry in entries if isinstance(entry, str)}
    methods = [*_objects(entries), *_objects(document.get("verificationMethod"))]
    chosen = [m for m in methods if m in entries or m.get("id") in names]
    return [method for method in chosen if method.get("controller") == issuer_id]


def _key_of(method: dict[str, Any]) -> PublicKey:
    multibase = method.get("publicKeyMultibase")
    return from_multibase(multibase) if isinstance(multibase, str) else from_jwk(method.get("publicKeyJwk"))


def _document(name: str, resolver: Resolver) -> dict[str, Any]:
    if name.startswith("did:web:"):
        return resolver.did_document(name)
    if name.startswith(("https://", "http://")):
        return resolver.key_document(name)
    raise BadgeToolError("issuer_key.method_unknown", "The issuer is identified in a way this tool cannot look up.")


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
