"""Offers and metadata: rows WV18 to WV21, and what a wallet reads first."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from lti_tool.domain.errors import BadgeToolError
from tests.factories.wallet import BASE_URL, GRANT, JWT, LDP, SD_JWT, SLUG, TENANT, World


def test_the_offer_link_leads_to_the_offer_document(client) -> None:
    offer = client.offer()
    link = urlsplit(offer.uri)
    assert link.scheme == "openid-credential-offer"
    (url,) = parse_qs(link.query)["credential_offer_uri"]
    assert url == offer.offer_url == f"{BASE_URL}/wallet/offers/{offer.offer_id}"
    document = client.document(offer).json
    assert document["credential_issuer"] == f"{BASE_URL}/issuers/{SLUG}"
    assert document["credential_configuration_ids"] == [LDP, JWT, SD_JWT]
    assert set(document["grants"][GRANT]) == {"pre-authorized_code"}


def test_an_offer_with_a_transaction_code_describes_it_and_does_not_hold_it(client) -> None:
    offer = client.offer(with_tx_code=True)
    document = client.document(offer)
    assert document.json["grants"][GRANT]["tx_code"]["length"] == len(offer.tx_code) == 6
    assert offer.tx_code not in document.get_data(as_text=True)
    assert offer.tx_code not in repr(offer)


def test_no_secret_of_an_offer_stands_in_the_database(client) -> None:
    offer = client.offer(with_tx_code=True)
    stored = repr(client.stored()[0])
    assert client.got_code(offer) not in stored
    assert f"'{offer.tx_code}'" not in stored


def test_wv18_an_offer_is_served_again_until_it_is_used(client) -> None:
    offer = client.offer()
    assert client.document(offer).json == client.document(offer).json
    client.got_token(offer)
    client.refused(client.document(offer), 404, "wallet.offer_unknown")


@pytest.mark.parametrize("guess", ["x", "a" * 32, "a" * 500, "%00", "%F0%9F%A6%86", "..%2f"])
def test_wv18_a_guessed_offer_is_not_found(client, guess: str) -> None:
    client.offer()
    assert client.http.get(f"/wallet/offers/{guess}").status_code == 404


def test_wv18_offer_ids_have_at_least_128_bits(client) -> None:
    ids = {client.offer().offer_id for _ in range(20)}
    assert len(ids) == 20
    # 64 characters to choose from: 6 bits each.
    assert all(len(offer_id) * 6 >= 128 for offer_id in ids)


def test_an_offer_is_over_after_ten_minutes(client) -> None:
    offer = client.offer()
    client.world.clock.advance(minutes=9, seconds=59)
    assert client.document(offer).status_code == 200
    client.world.clock.advance(seconds=1)
    client.refused(client.document(offer), 404, "wallet.offer_unknown")


def test_wv19_an_offer_asked_for_as_a_jwt_only_is_not_acceptable(client) -> None:
    offer = client.offer()
    client.refused(client.document(offer, headers={"Accept": "application/jwt"}), 406, "wallet.offer_format")
    assert client.document(offer, headers={"Accept": "application/json"}).status_code == 200
    assert client.document(offer, headers={"Accept": "*/*"}).status_code == 200


def test_wv20_nothing_may_keep_an_offer(client) -> None:
    assert client.document(client.offer()).headers["Cache-Control"] == "no-store"


def test_wv21_an_offer_of_a_withdrawn_badge_is_gone(client) -> None:
    offer = client.offer()
    client.world.revoke()
    client.refused(client.document(offer), 410, "wallet.offer_gone")
    with pytest.raises(BadgeToolError) as refused:
        client.offer()
    assert refused.value.code == "award.revoked"


def test_an_offer_of_nothing_is_refused(client) -> None:
    with pytest.raises(BadgeToolError) as refused:
        client.world.desk.offers.create_offer("nothing", TENANT)
    assert refused.value.code == "award.unknown"


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/openid-credential-issuer/issuers/astronomy",
        "/issuers/astronomy/.well-known/openid-credential-issuer",
    ],
)
def test_issuer_metadata_at_both_addresses(client, path: str) -> None:
    response = client.http.get(path)
    metadata = response.json
    url = f"{BASE_URL}/issuers/{SLUG}"
    assert response.mimetype == "application/json"
    assert metadata["credential_issuer"] == url
    assert metadata["display"][0]["name"] == "Astronomy"
    endpoints = {name: address for name, address in metadata.items() if name.endswith("_endpoint")}
    assert len(endpoints) == 3
    routes = {str(rule) for rule in client.http.application.url_map.iter_rules()}
    for address in endpoints.values():
        assert address.replace(f"{BASE_URL}/issuers/{SLUG}", "/issuers/<slug>") in routes
    forms = {key: (c["format"], c["credential_signing_alg_values_supported"])
             for key, c in metadata["credential_configurations_supported"].items()}  # fmt: skip
    assert forms == {
        LDP: ("ldp_vc", ["eddsa-rdfc-2022"]),
        JWT: ("jwt_vc_json", ["RS256"]),
        SD_JWT: ("dc+sd-jwt", ["ES256"]),
    }


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-authorization-server/issuers/astronomy",
        "/issuers/astronomy/.well-known/oauth-authorization-server",
    ],
)
def test_authorization_server_metadata_allows_anonymous_wallets(client, path: str) -> None:
    metadata = client.http.get(path).json
    assert metadata["issuer"] == f"{BASE_URL}/issuers/{SLUG}"
    assert metadata["pre-authorized_grant_anonymous_access_supported"] is True
    assert metadata["grant_types_supported"] == [GRANT]


@pytest.mark.parametrize("slug", ["nobody", "%00", "a" * 300])
def test_an_unknown_issuer_has_no_metadata(client, slug: str) -> None:
    for document in ("openid-credential-issuer", "oauth-authorization-server"):
        client.refused(client.http.get(f"/.well-known/{document}/issuers/{slug}"), 404, "issuer.unknown")


def test_a_browser_wallet_may_ask_first(client) -> None:
    response = client.http.options(f"/issuers/{SLUG}/credential")
    assert response.status_code == 200
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert "Set-Cookie" not in response.headers


def test_the_offered_contexts_are_those_of_issued_badges(client) -> None:
    metadata = client.http.get("/.well-known/openid-credential-issuer/issuers/astronomy").json
    definition = metadata["credential_configurations_supported"][LDP]["credential_definition"]
    world: World = client.world
    issued = world.issue_bound(world.award_id, "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")
    assert definition["@context"] == issued.unsigned["@context"]
    assert definition["type"] == issued.unsigned["type"]
