"""The story's wallet and its stranger, against the wallet endpoints on a free port."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from werkzeug.serving import make_server

from lti_tool.credentials.did_web import public_key_of_did
from lti_tool.demo.verifier import Stranger, did_address
from lti_tool.demo.wallet import Wallet, WalletRefused
from lti_tool.domain.errors import BadgeToolError
from tests.factories.beginnings import migrated
from tests.factories.credentials import Issuer
from tests.factories.wallet import TENANT, RunningClock, World
from tests.services.databases import SqliteDatabases


@pytest.fixture
def world(sqlite_databases: SqliteDatabases) -> Iterator[World]:
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


def test_the_wallet_collects_both_forms_bound_to_its_key(world: World) -> None:
    wallet, stranger = Wallet(), Stranger()
    collected = wallet.collect(world.desk.offers.create_offer(world.award_id, TENANT).uri)
    assert collected.document["credentialSubject"]["id"] == wallet.did
    claims = stranger.check_jwt(collected.jwt)
    assert claims["credentialSubject"] == collected.document["credentialSubject"]
    assert claims["sub"] == wallet.did
    with world.transactions(write=False) as uow:
        (delivery,) = uow.deliveries.of_award(world.award_id)
    assert delivery.state == "delivered"


def test_an_offer_is_collected_once(world: World) -> None:
    uri = world.desk.offers.create_offer(world.award_id, TENANT).uri
    Wallet().collect(uri)
    with pytest.raises(WalletRefused, match="404"):
        Wallet().collect(uri)


def test_the_did_is_the_key(world: World) -> None:
    wallet = Wallet()
    key: Any = public_key_of_did(wallet.did)
    assert key.public_bytes_raw() == wallet.key.public_key().public_bytes_raw()


@pytest.mark.parametrize("uri", ["https://example.org/offer", "openid-credential-offer://?credential_offer=x"])
def test_something_else_is_no_offer(uri: str) -> None:
    with pytest.raises(WalletRefused, match="no credential offer"):
        Wallet().collect(uri)


def test_an_altered_jwt_is_refused(world: World) -> None:
    collected = Wallet().collect(world.desk.offers.create_offer(world.award_id, TENANT).uri)
    head, payload, signature = collected.jwt.split(".")
    flipped = ("A" if signature[5] != "A" else "B").join((signature[:5], signature[6:]))
    with pytest.raises(jwt.InvalidSignatureError):
        Stranger().check_jwt(f"{head}.{payload}.{flipped}")


@pytest.mark.parametrize(("revoked", "expected"), [((), False), ((7,), True), ((6, 8), False)])
def test_a_bit_of_the_status_list(revoked: tuple[int, ...], expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger, served = Stranger(), Issuer().status_list(*revoked)
    monkeypatch.setattr(stranger, "status_list", lambda url: json.loads(json.dumps(served)))
    status = {"statusListCredential": "http://localhost/status", "statusListIndex": "7"}
    assert stranger.is_revoked({"credentialStatus": status}) is expected


def test_what_cannot_be_fetched_has_a_code(world: World) -> None:
    with pytest.raises(BadgeToolError, match=r"fetch\.failed"):
        Stranger().key_document(f"{world.base_url}/issuers/nobody/did.json")


@pytest.mark.parametrize(
    ("did", "address"),
    [
        ("did:web:localhost%3A8000:issuers:one", "http://localhost:8000/issuers/one/did.json"),
        ("did:web:badges.example:issuers:one", "https://badges.example/issuers/one/did.json"),
        ("did:web:badges.example", "https://badges.example/.well-known/did.json"),
    ],
)
def test_where_a_did_is_read(did: str, address: str) -> None:
    assert did_address(did) == address
