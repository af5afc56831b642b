"""did:web names and documents, keys as text, did:key and did:jwk."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.credentials.did_web import (
    IssuerKeys,
    did_document,
    did_url,
    issuer_did,
    jwk_method,
    key_document,
    key_document_url,
    multikey_method,
    public_key_of_did,
)
from lti_tool.credentials.keys_text import b64url, from_jwk, from_multibase, thumbprint, to_jwk, to_multibase
from lti_tool.domain.errors import BadgeToolError
from tests.factories.credentials import rsa_key


@pytest.mark.parametrize(
    ("base", "did", "url"),
    [
        (
            "http://localhost:8000",
            "did:web:localhost%3A8000:issuers:demo",
            "http://localhost:8000/issuers/demo/did.json",
        ),
        (
            "https://badges.example/",
            "did:web:badges.example:issuers:demo",
            "https://badges.example/issuers/demo/did.json",
        ),
        (
            "https://uni.example/tools/badges",
            "did:web:uni.example:tools:badges:issuers:demo",
            "https://uni.example/tools/badges/issuers/demo/did.json",
        ),
    ],
)
def test_an_issuers_did_leads_to_its_document(base: str, did: str, url: str) -> None:
    assert issuer_did(base, "demo") == did
    assert did_url(did) == url


def test_a_bare_host_keeps_its_document_in_well_known() -> None:
    assert did_url("did:web:badges.example") == "https://badges.example/.well-known/did.json"


@pytest.mark.parametrize(
    "did",
    [
        "did:web:",
        "did:key:z6Mk",
        "did:web:a.example:..:b",
        "did:web:a.example:%2e%2e",
        "did:web:a.example%2Fb",
        "did:web:user%40a.example",
        "did:web:a.example::b",
        "did:web:a.example:b%3Fq",
        "did:web:a.example%0d%0a",
        "did:web:a.example:b%00",
    ],
)
def test_a_did_cannot_smuggle_another_address(did: str) -> None:
    with pytest.raises(BadgeToolError, match=r"did\.invalid"):
        did_url(did)


@pytest.mark.parametrize("slug", ["", "Demo", "a/b", "-a", "a:b", "a" * 65])
def test_slugs_are_plain(slug: str) -> None:
    with pytest.raises(BadgeToolError, match="slug_invalid"):
        issuer_did("https://badges.example", slug)


def test_the_did_document_lists_every_key_as_text() -> None:
    did = issuer_did("https://badges.example", "demo")
    current, retired = (Ed25519PrivateKey.generate().public_key() for _ in range(2))
    signing = rsa_key().public_key()
    document = did_document(did, IssuerKeys((current, retired), (signing,)))
    names = [multikey_method(did, current), multikey_method(did, retired), jwk_method(did, signing)]
    assert document["assertionMethod"] == names
    assert [method["id"] for method in document["verificationMethod"]] == names
    assert {method["controller"] for method in document["verificationMethod"]} == {did}
    assert [method["type"] for method in document["verificationMethod"]] == ["Multikey", "Multikey", "JsonWebKey"]
    multikey = document["verificationMethod"][0]
    assert multikey["id"] == f"{did}#{multikey['publicKeyMultibase']}"
    assert thumbprint(from_jwk(document["verificationMethod"][2]["publicKeyJwk"])) == thumbprint(signing)


def test_the_key_document_is_one_public_jwk() -> None:
    key = rsa_key().public_key()
    kid = key_document_url("https://badges.example/", "demo", key)
    assert kid == f"https://badges.example/issuers/demo/keys/{thumbprint(key)}.json"
    document = key_document("did:web:badges.example", key, kid)
    assert document.keys() == {"kty", "n", "e", "alg", "use", "kid", "controller"}
    assert from_jwk(document) == key


@given(st.binary(min_size=32, max_size=32))
def test_multibase_round_trip(seed: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    text = to_multibase(key)
    assert text.startswith("z6Mk")
    assert from_multibase(text) == key
    assert public_key_of_did(f"did:key:{text}#{text}") == key


def test_a_published_did_key_is_read() -> None:
    # An example of https://w3c-ccg.github.io/did-key-spec/
    key = public_key_of_did("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")
    assert isinstance(key, Ed25519PublicKey)
    assert key.public_bytes_raw().hex() == "2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6"


def test_the_thumbprint_is_rfc_7638s() -> None:
    # RFC 8037, appendix A.3
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert thumbprint(from_jwk(jwk)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_did_jwk_round_trip() -> None:
    for key in (Ed25519PrivateKey.generate().public_key(), ec.generate_private_key(ec.SECP256R1()).public_key()):
        did = "did:jwk:" + b64url(json.dumps(to_jwk(key)).encode())
        assert public_key_of_did(f"{did}#0") == key


def _jwk(key: Any) -> dict[str, str]:
    return to_jwk(key)


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        {},
        {"kty": "oct", "k": "AAAA"},
        {"kty": ["RSA"]},
        {**_jwk(Ed25519PrivateKey.generate().public_key()), "d": "AAAA"},
        _jwk(ec.generate_private_key(ec.SECP384R1()).public_key()),
        _jwk(rsa.generate_private_key(65537, 1024).public_key()),
        {"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
        {"kty": "RSA", "n": "!", "e": "AQAB"},
    ],
)
def test_a_bad_jwk_is_refused(jwk: Any) -> None:
    with pytest.raises(BadgeToolError, match="key_invalid"):
        from_jwk(jwk)


@pytest.mark.parametrize("did", ["did:key:", "did:key:zz", "did:key:z6Mkbad0", "did:jwk:e30", "did:jwk:!", "x", "did:"])
def test_a_bad_did_is_refused(did: str) -> None:
    with pytest.raises(BadgeToolError):
        public_key_of_did(did)
