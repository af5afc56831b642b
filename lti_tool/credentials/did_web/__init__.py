"""Issuer identity: did:web and the documents behind it; did:key and did:jwk of wallet holders."""

from lti_tool.credentials.did_web.documents import IssuerKeys, did_document, key_document
from lti_tool.credentials.did_web.identifiers import (
    did_url,
    issuer_did,
    jwk_method,
    key_document_url,
    multikey_method,
)
from lti_tool.credentials.did_web.self_contained import public_key_of_did

__all__ = [
    "IssuerKeys",
    "did_document",
    "did_url",
    "issuer_did",
    "jwk_method",
    "key_document",
    "key_document_url",
    "multikey_method",
    "public_key_of_did",
]
