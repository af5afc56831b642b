"""Issuer identity: did:web and the documents behind it; did:key and did:jwk of wallet holders."""

from lti_tool.credentials.did_web.documents import IssuerKeys, did_document, key_document
from lti_tool.credentials.did_web.identifiers import (
    did_url,
    ed25519_method,
    issuer_did,
    key_document_url,
    rsa_method,
)
from lti_tool.credentials.did_web.self_contained import public_key_of_did

__all__ = [
    "IssuerKeys",
    "did_document",
    "did_url",
    "ed25519_method",
    "issuer_did",
    "key_document",
    "key_document_url",
    "public_key_of_did",
    "rsa_method",
]
