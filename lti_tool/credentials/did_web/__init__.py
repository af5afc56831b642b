"""Issuer identity: did:web or an https profile, and the documents behind it; did:key and did:jwk."""

from lti_tool.credentials.did_web.documents import (
    IssuerKeys,
    did_document,
    key_document,
    multikey_document,
    profile_keys,
)
from lti_tool.credentials.did_web.identifiers import (
    did_key,
    did_url,
    issuer_did,
    jwk_method,
    key_document_url,
    multikey_method,
    profile_url,
)
from lti_tool.credentials.did_web.self_contained import public_key_of_did

__all__ = [
    "IssuerKeys",
    "did_document",
    "did_key",
    "did_url",
    "issuer_did",
    "jwk_method",
    "key_document",
    "key_document_url",
    "multikey_document",
    "multikey_method",
    "profile_keys",
    "profile_url",
    "public_key_of_did",
]
