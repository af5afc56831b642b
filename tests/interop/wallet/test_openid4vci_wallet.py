"""npm @openid4vc/openid4vci, a wallet nobody here wrote, collects a badge from a running server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from lti_tool.credentials.contexts import DID_V1, MULTIKEY_V1, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS
from lti_tool.credentials.contexts.loader import context_document
from lti_tool.credentials.did_web import public_key_of_did
from lti_tool.credentials.keys_text import to_jwk
from tests.factories.beginnings import migrated
from tests.factories.credentials import LIST_URL
from tests.factories.wallet import JWT, LDP, SD_JWT, TENANT, RunningClock, World
from tests.peers_support import ask_node
from tests.services.databases import SqliteDatabases

pytestmark = pytest.mark.peer("node")


@pytest.fixture
def world(sqlite_databases: SqliteDatabases) -> Iterator[World]:
    """The wallet endpoints on a free port."""
    server = make_server("127.0.0.1", 0, app=None, threaded=True)
    url = sqlite_databases.copy_of(migrated)
    made = World(url, f"http://localhost:{server.port}", RunningClock())
    server.app = made.app()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()
    made.engine.dispose()
    sqlite_databases.drop(url)


def _verified(world: World, credential: object) -> Any:
    """What npm @digitalbazaar/vc says."""
    contexts = (OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS, DID_V1, MULTIKEY_V1)
    documents = {url: context_document(url) for url in contexts}
    documents |= {world.keys.did: world.keys.did_json(), LIST_URL: world.keys.status_list(at=world.issued_at)}
    return ask_node("verify_credential.mjs", {"credential": credential, "documents": documents})


@pytest.mark.parametrize("holder", ["did:key", "did:jwk", "jwk"])
def test_the_wallet_collects_a_document_that_verifies(world: World, holder: str) -> None:
    offer = world.desk.offers.create_offer(world.award_id, TENANT)
    received = ask_node(
        "wallet.mjs",
        {"offer": offer.uri, "configuration": LDP, "holder": holder, "notify": "credential_accepted"},
    )
    assert received["format"] == "ldp_vc"
    assert received["credential"]["credentialSubject"]["id"] == received["holder"]
    assert received["replay"] == {"name": "Oauth2ClientErrorResponseError", "error": "invalid_grant"}
    assert received["again"]
    answer = _verified(world, received["credential"])
    assert answer["verified"] is True, answer
    altered = received["credential"] | {"name": "Another badge"}
    assert _verified(world, altered)["verified"] is False
    with world.transactions(write=False) as uow:
        (delivery,) = uow.deliveries.of_award(world.award_id)
        stored = uow.wallet_offers.get(offer.offer_id)
    assert (delivery.state, delivery.detail) == ("delivered", "The wallet has stored the badge.")
    assert stored is not None
    assert (stored.state, stored.binding) == ("collected", received["holder"])


def test_the_wallet_collects_a_jwt_with_a_transaction_code(world: World) -> None:
    offer = world.desk.offers.create_offer(world.award_id, TENANT, with_tx_code=True)
    assert offer.tx_code is not None
    received = ask_node(
        "wallet.mjs",
        {
            "offer": offer.uri,
            "configuration": JWT,
            "holder": "did:key",
            "txCode": offer.tx_code,
            "wrongTxCode": f"{(int(offer.tx_code) + 1) % 1_000_000:06d}",
        },
    )
    assert received["wrongTxCode"]["error"] == "invalid_grant"
    jwk = {"kty": "RSA"} | world.app().test_client().get(world.keys.jwt[1].removeprefix(world.base_url)).json
    checked = ask_node("verify_jwt.mjs", {"token": received["credential"], "jwk": jwk})
    assert checked["verified"] is True
    assert checked["payload"]["sub"] == received["holder"]
    header, payload, signature = received["credential"].split(".")
    swapped = ("B" if signature[10] == "A" else "A").join((signature[:10], signature[11:]))
    tampered = ask_node("verify_jwt.mjs", {"token": f"{header}.{payload}.{swapped}", "jwk": jwk})
    assert tampered["verified"] is False


def test_the_wallet_collects_an_sd_jwt_that_is_bound_to_its_key(world: World) -> None:
    offer = world.desk.offers.create_offer(world.award_id, TENANT)
    received = ask_node("wallet.mjs", {"offer": offer.uri, "configuration": SD_JWT, "holder": "did:jwk"})
    assert received["format"] == "dc+sd-jwt"
    jwk = world.keys.key_documents()[world.keys.sd_jwt_kid]
    (checked,) = ask_node("read_many.mjs", [{"reader": "sd-jwt", "token": received["credential"], "jwk": jwk}])
    assert checked["verified"], checked
    assert checked["payload"]["sub"] == received["holder"]
    assert checked["payload"]["cnf"]["jwk"] == to_jwk(public_key_of_did(received["holder"]))
