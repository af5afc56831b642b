"""Key proofs: rows WV32 to WV45."""

from __future__ import annotations

import json
import socket
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key

from tests.factories.credentials import rsa_key
from tests.factories.wallet import OTHER_SLUG, PROOF_TYPE, Wallet, b64url, jws


@pytest.fixture
def refuses(client):
    """Asserts that a proof is refused with an error, and that nothing came of it."""

    def check(proof: str, error: str = "invalid_proof") -> None:
        token = client.got_token()
        with client.nothing_happens():
            client.refused(client.asked_with(token, proof), 400, error)

    return check


@pytest.mark.parametrize("wallet", [Wallet(), Wallet.on_p256()], ids=["ed25519", "p256"])
@pytest.mark.parametrize("naming", ["did:key", "did:key without fragment", "did:jwk", "jwk"])
def test_every_way_to_name_a_key_is_taken(client, wallet: Wallet, naming: str) -> None:
    did_jwk = "did:jwk:" + b64url(json.dumps(wallet.jwk, separators=(",", ":")).encode())
    header, did = {
        "did:key": ({}, wallet.did_key),
        "did:key without fragment": ({"kid": wallet.did_key}, wallet.did_key),
        "did:jwk": ({"kid": f"{did_jwk}#0"}, did_jwk),
        "jwk": ({"kid": None, "jwk": wallet.jwk | {"use": "sig", "alg": wallet.alg}}, did_jwk),
    }[naming]
    response = client.asked_with(client.got_token(), client.proof(wallet, header=header))
    assert response.status_code == 200, response.json
    assert response.json["credentials"][0]["credential"]["credentialSubject"]["id"] == did


def test_an_embedded_key_is_one_holder_however_its_members_are_ordered(client) -> None:
    wallet, token = Wallet.on_p256(), client.got_token()
    for jwk in (wallet.jwk, dict(reversed(wallet.jwk.items()))):
        response = client.asked_with(token, client.proof(wallet, header={"kid": None, "jwk": jwk}))
        assert response.status_code == 200


def test_wv32_signature_of_another_key(client, refuses) -> None:
    refuses(client.proof(Wallet(), header={"kid": Wallet().kid}))


def test_wv32_claims_changed_after_signing(client, refuses) -> None:
    header, _, signature = client.proof(Wallet()).split(".")
    claims = {
        "aud": client.world.issuer_url,
        "nonce": client.got_nonce(),
        "iat": int(client.world.clock.now().timestamp()),
    }
    refuses(f"{header}.{b64url(json.dumps(claims).encode())}.{signature}")


@pytest.mark.parametrize("proof", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "e30.e30.", "\ud800", "a" * 9000])
def test_wv32_what_is_no_jwt(refuses, proof: str) -> None:
    refuses(proof)


def test_wv33_unsigned_symmetric_and_foreign_algorithms(client, refuses) -> None:
    claims = {"aud": client.world.issuer_url, "nonce": client.got_nonce(), "iat": 0}
    header = {"typ": PROOF_TYPE, "kid": Wallet().kid}
    refuses(jwt.encode(claims, None, algorithm="none", headers=header))
    refuses(jwt.encode(claims, b"k" * 32, algorithm="HS256", headers=header))
    refuses(jwt.encode(claims, rsa_key(), algorithm="RS256", headers=header))


def test_wv33_an_algorithm_that_is_not_the_keys(client, refuses) -> None:
    refuses(client.proof(Wallet(), header={"alg": "ES256"}))
    refuses(client.proof(Wallet.on_p256(), header={"alg": "EdDSA"}))


@pytest.mark.parametrize("typ", [None, "JWT", "openid4vci-proof+JWT ", ["openid4vci-proof+jwt"], 7])
def test_wv34_typ(client, refuses, typ: object) -> None:
    refuses(client.proof(Wallet(), header={"typ": typ}))


@pytest.mark.parametrize("make", [
    lambda url: None,
    lambda url: url.replace("astronomy", OTHER_SLUG),
    lambda url: url + "/",
    lambda url: url.upper(),
    lambda url: [url, "https://other.example"],
    lambda url: {"aud": url},
])  # fmt: skip
def test_wv35_audience(client, refuses, make: Any) -> None:
    refuses(client.proof(Wallet(), audience=make(client.world.issuer_url)))


@pytest.mark.parametrize("nonce", [None, "", 7, ["x"]])
def test_wv36_nonce_absent(client, refuses, nonce: object) -> None:
    refuses(client.proof(Wallet(), claims={"nonce": nonce}))


@pytest.mark.parametrize("nonce", ["unknown", "a" * 5000, "\x00", "\ud800", "é"])
def test_wv37_nonce_unknown(client, refuses, nonce: str) -> None:
    refuses(client.proof(Wallet(), claims={"nonce": nonce}), "invalid_nonce")


def test_wv37_nonce_expired(client, refuses) -> None:
    nonce = client.got_nonce()
    client.world.clock.advance(minutes=5)
    refuses(client.proof(Wallet(), nonce=nonce), "invalid_nonce")


def test_wv37_nonce_of_another_issuer(client, refuses) -> None:
    refuses(client.proof(Wallet(), nonce=client.got_nonce(OTHER_SLUG)), "invalid_nonce")


def test_wv38_nonce_used_again(client, refuses) -> None:
    nonce = client.got_nonce()
    wallet = Wallet()
    assert client.asked_with(client.got_token(), client.proof(wallet, nonce=nonce)).status_code == 200
    refuses(client.proof(wallet, nonce=nonce), "invalid_nonce")
    refuses(client.proof(Wallet(), nonce=nonce), "invalid_nonce")


@pytest.mark.parametrize("offset", [-301, -86_400, 61, 86_400, 10**400, float("inf"), float("nan")])
def test_wv39_made_too_early_or_too_late(client, refuses, offset: float) -> None:
    now = int(client.world.clock.now().timestamp())
    refuses(client.proof(Wallet(), iat=now + offset))


@pytest.mark.parametrize("claims", [{"iat": None}, {"iat": "now"}, {"iat": True}, {"exp": 1}, {"nbf": 9_999_999_999}])
def test_wv39_times_that_are_missing_or_do_not_hold(client, refuses, claims: dict[str, object]) -> None:
    refuses(client.proof(Wallet(), claims=claims))


@pytest.mark.parametrize("offset", [-299, 59])
def test_wv39_clocks_may_differ_a_little(client, offset: int) -> None:
    now = int(client.world.clock.now().timestamp())
    proof = client.proof(Wallet(), iat=now + offset)
    assert client.asked_with(client.got_token(), proof).status_code == 200


@pytest.mark.parametrize("iss", ["some-wallet", "", "did:key:z6Mk"])
def test_wv40_iss_from_an_anonymous_wallet(client, refuses, iss: str) -> None:
    refuses(client.proof(Wallet(), claims={"iss": iss}))


def test_wv41_not_exactly_one_key(client, refuses) -> None:
    wallet = Wallet()
    for header in (
        {"jwk": wallet.jwk},
        {"kid": None, "jwk": wallet.jwk, "x5c": ["MIIB"]},
        {"kid": None, "x5c": ["MIIB"]},
        {"kid": None},
    ):
        refuses(client.proof(wallet, header=header))


def test_wv42_a_private_key_is_refused_and_never_logged(client, refuses, logged) -> None:
    wallet, secret = Wallet(), b64url(b"p" * 32)
    private = wallet.jwk | {"d": secret}
    refuses(client.proof(wallet, header={"kid": None, "jwk": private}))
    refuses(client.proof(wallet, header={"kid": "did:jwk:" + b64url(json.dumps(private).encode())}))
    assert {line["code"] for line in logged} == {"wallet.private_key", "wallet.key"}
    assert secret not in repr(logged)


def test_wv43_keys_that_are_no_keys(client, refuses) -> None:
    wallet, p256 = Wallet(), Wallet.on_p256()
    for jwk in (
        p256.jwk | {"y": b64url(b"\x01" * 32)},
        p256.jwk | {"crv": "P-384"},
        p256.jwk | {"kty": "OKP"},
        wallet.jwk | {"x": b64url(b"short")},
        wallet.jwk | {"crv": "X25519"},
        wallet.jwk | {"kty": "RSA"},
        wallet.jwk | {"kty": ["OKP"]},
        wallet.jwk | {"x": "a" * 7000},
        {}, [], "jwk", 7,
    ):  # fmt: skip
        refuses(client.proof(wallet, header={"kid": None, "jwk": jwk}))


def test_wv43_an_rsa_holder_key_is_not_taken(client, refuses) -> None:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key().public_key(), as_dict=True)
    did = "did:jwk:" + b64url(json.dumps(jwk).encode())
    refuses(client.proof(Wallet(), header={"kid": did}))


def test_wv43_a_key_on_another_curve_is_not_taken(client, refuses) -> None:
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(generate_private_key(SECP384R1()).public_key(), as_dict=True)
    refuses(client.proof(Wallet.on_p256(), header={"kid": None, "jwk": jwk}))


def test_wv43_a_key_under_which_anybody_can_sign(client, refuses) -> None:
    """For the neutral element as key, R = identity and S = 0 verify for every message."""
    identity = (1).to_bytes(32, "little")
    header = {"typ": PROOF_TYPE, "alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": b64url(identity)}}
    claims = {
        "aud": client.world.issuer_url,
        "nonce": client.got_nonce(),
        "iat": int(client.world.clock.now().timestamp()),
    }
    unsigned = jws(header, claims, Wallet().key).rpartition(".")[0]
    forged = f"{unsigned}.{b64url(identity + bytes(32))}"
    refuses(forged)


@pytest.mark.parametrize("kid", [
    "did:web:169.254.169.254", "did:web:localhost%3A8000:issuers:astronomy#key", "https://wallet.example/keys/1",
    "http://127.0.0.1/", "did:example:1", "did:key:", "did:key:z", "did:key:zzzz", "did:key:z6MkhaXg#other",
    "did:jwk:", "did:jwk:e30", "did:jwk:bm90IGpzb24", "did:key:z" + "1" * 5000, "did:jwk:" + "1" * 5000, "", 7, ["x"],
])  # fmt: skip
def test_wv44_a_key_that_would_have_to_be_fetched_or_is_malformed(client, refuses, monkeypatch, kid: Any) -> None:
    def no_socket(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    proof = client.proof(Wallet(), header={"kid": kid})
    monkeypatch.setattr(socket, "create_connection", no_socket)
    monkeypatch.setattr(socket, "getaddrinfo", no_socket)
    refuses(proof)


def test_wv45_an_attestation_by_somebody_unknown(client, refuses) -> None:
    """No attester is trusted here, so every attestation is an untrusted one, whatever its signature or nonce."""
    refuses(client.proof(Wallet(), header={"key_attestation": "a.b.c"}))
    refuses(client.proof(Wallet(), header={"crit": ["exp"], "exp": 1}))
