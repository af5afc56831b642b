"""The credential endpoint without its proofs: rows WV22 to WV31 and WV46 to WV48."""

from __future__ import annotations

import json
import zlib

import jwt
import pytest

from lti_tool.credentials.keys_text import to_jwk
from lti_tool.credentials.sd_jwt import parse_sd_jwt
from lti_tool.domain.errors import BadgeToolError
from tests.factories.wallet import JWT, LDP, OTHER_SLUG, SD_JWT, SLUG, Wallet


def test_a_wallet_collects_the_badge_as_a_document(client) -> None:
    wallet = Wallet()
    response = client.asked_with(client.got_token(), client.proof(wallet))
    assert response.status_code == 200, response.json
    assert response.headers["Cache-Control"] == "no-store"
    (entry,) = response.json["credentials"]
    assert entry["credential"]["credentialSubject"]["id"] == wallet.did_key
    assert entry["credential"]["proof"][0]["cryptosuite"] == "eddsa-rdfc-2022"


def test_a_wallet_collects_the_badge_as_a_jwt(client) -> None:
    wallet = Wallet()
    response = client.asked_with(client.got_token(), client.proof(wallet), JWT)
    compact = response.json["credentials"][0]["credential"]
    claims = jwt.decode(
        compact, client.world.keys.jwt_private.public_key(), algorithms=["RS256"], options={"verify_exp": False}
    )
    assert claims["sub"] == wallet.did_key


def test_a_wallet_collects_the_badge_as_an_sd_jwt(client) -> None:
    wallet = Wallet.on_p256()
    response = client.asked_with(client.got_token(), client.proof(wallet), SD_JWT)
    parsed = parse_sd_jwt(response.json["credentials"][0]["credential"])
    assert parsed.claims["sub"] == wallet.did_key
    assert parsed.claims["cnf"] == {"jwk": to_jwk(wallet.key.public_key())}
    offered = client.http.get("/.well-known/openid-credential-issuer/issuers/astronomy").json
    configuration = offered["credential_configurations_supported"][SD_JWT]
    assert configuration["format"] == "dc+sd-jwt"
    assert configuration["vct"] == parsed.claims["vct"]
    assert "credential_definition" not in configuration


def test_collecting_is_noted(client) -> None:
    token = client.got_token()
    client.asked_with(token, client.proof(Wallet()))
    with client.world.transactions(write=False) as uow:
        offer = uow.wallet_offers.latest_of_award(client.world.award_id)
        deliveries = uow.deliveries.of_award(client.world.award_id)
    assert offer.state == "collected"
    assert offer.collected_at == client.world.clock.now()
    assert [(one.destination, one.state) for one in deliveries] == [("wallet", "delivered")]


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer a b", "Bearer \u00e9", "token"]
)
def test_wv22_access_token_missing_or_malformed(client, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    with client.nothing_happens():
        response = client.credential(None, {}, headers=headers)
        client.refused(response, 401, "invalid_token")
    assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_wv23_access_token_expired(client) -> None:
    token = client.got_token()
    client.world.clock.advance(minutes=5)
    with client.nothing_happens():
        client.refused(client.asked_with(token, client.proof(Wallet())), 401, "invalid_token")


def test_wv24_access_token_in_the_address(client) -> None:
    token, proof = client.got_token(), client.proof(Wallet())
    body = {"credential_configuration_id": LDP, "proofs": {"jwt": [proof]}}
    with client.nothing_happens():
        for headers in ({}, {"Authorization": f"Bearer {token}"}):
            response = client.credential(None, body, headers=headers, query_string={"access_token": token})
            client.refused(response, 401, "invalid_token")


def test_wv25_access_token_of_another_tenant(client) -> None:
    token = client.got_token()
    proof = client.proof(
        Wallet(), nonce=client.got_nonce(OTHER_SLUG), audience=client.world.issuer_url.replace(SLUG, OTHER_SLUG)
    )
    body = {"credential_configuration_id": LDP, "proofs": {"jwt": [proof]}}
    with client.nothing_happens():
        client.refused(client.credential(token, body, slug=OTHER_SLUG), 401, "invalid_token")


def test_wv26_a_dpop_token_is_not_taken(client) -> None:
    """DPoP is not offered (no dpop_signing_alg_values_supported), so the row's other cases cannot arise."""
    headers = {"Authorization": f"DPoP {client.got_token()}", "DPoP": "x"}
    with client.nothing_happens():
        client.refused(client.credential(None, {}, headers=headers), 401, "invalid_token")


@pytest.mark.parametrize("wanted", ["Diploma", "", None, 7, [LDP], {"id": LDP}])
def test_wv27_unknown_configuration(client, wanted: object) -> None:
    token = client.got_token()
    body = {"credential_configuration_id": wanted, "proofs": {"jwt": [client.proof(Wallet())]}}
    with client.nothing_happens():
        client.refused(client.credential(token, body), 400, "unknown_credential_configuration")


def test_wv28_unknown_identifier(client) -> None:
    token = client.got_token()
    body = {"credential_identifier": "Diploma", "proofs": {"jwt": [client.proof(Wallet())]}}
    with client.nothing_happens():
        client.refused(client.credential(token, body), 400, "unknown_credential_identifier")


@pytest.mark.parametrize("names", [(), ("credential_configuration_id", "credential_identifier")])
def test_wv29_both_identifiers_or_neither(client, names: tuple[str, ...]) -> None:
    token = client.got_token()
    body = dict.fromkeys(names, LDP) | {"proofs": {"jwt": [client.proof(Wallet())]}}
    with client.nothing_happens():
        client.refused(client.credential(token, body), 400, "invalid_credential_request")


@pytest.mark.parametrize("members", [{}, {"proof": {"proof_type": "jwt", "jwt": "x"}}, {"proofs": {"di_vp": [{}]}}])
def test_wv30_no_proof_of_a_kind_that_is_taken(client, members: dict[str, object]) -> None:
    token = client.got_token()
    with client.nothing_happens():
        response = client.credential(token, {"credential_configuration_id": LDP} | members)
        client.refused(response, 400, "invalid_proof")


def test_wv31_not_exactly_one_proof(client) -> None:
    token, proof = client.got_token(), client.proof(Wallet())
    for proofs in (
        {"jwt": [proof], "attestation": ["x"]},
        {"jwt": []},
        {"jwt": [proof] * 40},
        {"jwt": ["x"] * 1000},
        {"jwt": proof},
        {"jwt": [7]},
        {},
        [proof],
        None,
        "jwt",
    ):
        with client.nothing_happens():
            response = client.credential(token, {"credential_configuration_id": LDP, "proofs": proofs})
            client.refused(response, 400, "invalid_credential_request")
    # None of them used the nonce up.
    assert client.asked_with(token, proof).status_code == 200


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b"\xff\xfe", b"[" * 60_000, b'{"a":' * 10_000])
def test_a_body_that_is_no_json_object(client, body: bytes) -> None:
    token = client.got_token()
    with client.nothing_happens():
        response = client.credential(token, None, json=None, data=body, content_type="application/json")
        client.refused(response, 400, "invalid_credential_request")


def test_wv46_an_encrypted_answer_is_not_offered(client) -> None:
    token = client.got_token()
    body = {
        "credential_configuration_id": LDP,
        "proofs": {"jwt": [client.proof(Wallet())]},
        "credential_response_encryption": {"jwk": Wallet.on_p256().jwk, "enc": "A128GCM"},
    }
    with client.nothing_happens():
        client.refused(client.credential(token, body), 400, "invalid_encryption_parameters")


def test_wv46_an_encrypted_request_is_not_unpacked(client) -> None:
    token = client.got_token()
    bomb = zlib.compress(b"0" * 5_000_000)
    with client.nothing_happens():
        response = client.credential(token, None, json=None, data=bomb, content_type="application/jwt")
        client.refused(response, 400, "invalid_encryption_parameters")


def test_wv47_the_second_request_gives_the_same_badge(client) -> None:
    wallet, token = Wallet(), client.got_token()
    first = client.asked_with(token, client.proof(wallet))
    second = client.asked_with(token, client.proof(wallet))
    assert first.get_data() == second.get_data()
    twin = client.asked_with(token, client.proof(wallet), JWT)
    assert twin.json["notification_id"] == first.json["notification_id"]


def test_wv47_another_key_gets_nothing(client) -> None:
    token = client.got_token()
    client.asked_with(token, client.proof(Wallet()))
    with client.nothing_happens():
        client.refused(client.asked_with(token, client.proof(Wallet())), 400, "credential_request_denied")


def test_wv48_after_a_crash_the_wallet_gets_the_same_bytes(client_anywhere) -> None:
    """The request dies after the key was bound and the badge signed; the token still holds."""
    client, wallet = client_anywhere, Wallet()
    token = client.got_token()
    client.world.fails_after_signing = ConnectionAbortedError("the process was killed")
    assert client.asked_with(token, client.proof(wallet)).status_code == 500
    client.world.fails_after_signing = None
    client.refused(client.asked_with(token, client.proof(Wallet())), 400, "credential_request_denied")
    again = client.asked_with(token, client.proof(wallet))
    assert again.json["credentials"][0]["credential"] == json.loads(client.world.signed[0])
    assert len(set(client.world.signed)) == 1


def test_a_badge_withdrawn_after_the_token_is_denied(client) -> None:
    token = client.got_token()
    client.world.revoke()
    with client.nothing_happens():
        client.refused(client.asked_with(token, client.proof(Wallet())), 400, "credential_request_denied")


def test_what_the_issuer_refuses_is_denied(client) -> None:
    client.world.fails_after_signing = BadgeToolError("credential.invalid", "inner detail", status=422)
    response = client.asked_with(client.got_token(), client.proof(Wallet()))
    client.refused(response, 400, "credential_request_denied")
    assert "inner detail" not in response.get_data(as_text=True)
