"""A wallet's way through the endpoints, step by step, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from lti_tool.delivery.openid4vci import Offer
from tests.factories.beginnings import migrated
from tests.factories.wallet import GRANT, LDP, SLUG, TENANT, Wallet, World
from tests.services.databases import SqliteDatabases


class WalletClient:
    """What a wallet can do. Every step gives the raw response; the `got_…` ones assert that it succeeded."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http: FlaskClient = world.app().test_client()

    def offer(self, *, with_tx_code: bool = False) -> Offer:
        return self.world.desk.offers.create_offer(self.world.award_id, TENANT, with_tx_code=with_tx_code)

    def document(self, offer: Offer, **options: Any) -> TestResponse:
        return self.http.get(f"/wallet/offers/{offer.offer_id}", **options)

    def got_code(self, offer: Offer) -> str:
        document = self.document(offer)
        assert document.status_code == 200
        code: str = document.json["grants"][GRANT]["pre-authorized_code"]
        return code

    def token(self, code: str, slug: str = SLUG, **fields: Any) -> TestResponse:
        form = {"grant_type": GRANT, "pre-authorized_code": code} | fields
        return self.http.post(f"/issuers/{slug}/token", data=form)

    def got_token(self, offer: Offer | None = None) -> str:
        response = self.token(self.got_code(offer or self.offer()))
        assert response.status_code == 200, response.json
        token: str = response.json["access_token"]
        return token

    def got_nonce(self, slug: str = SLUG) -> str:
        nonce: str = self.http.post(f"/issuers/{slug}/nonce").json["c_nonce"]
        return nonce

    def proof(self, wallet: Wallet, **changes: Any) -> str:
        fields = {
            "audience": self.world.issuer_url,
            "nonce": changes.pop("nonce", None) or self.got_nonce(),
            "iat": int(self.world.clock.now().timestamp()),
        }
        return wallet.proof(**(fields | changes))

    def credential(self, token: str | None, body: Any, slug: str = SLUG, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        options = {"headers": headers, "json": body} | options
        return self.http.post(f"/issuers/{slug}/credential", **options)

    def asked_with(self, token: str | None, proof: str, configuration: str = LDP) -> TestResponse:
        return self.credential(token, {"credential_configuration_id": configuration, "proofs": {"jwt": [proof]}})

    def notify(self, token: str | None, body: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return self.http.post(f"/issuers/{SLUG}/notification", json=body, headers=headers)

    def stored(self) -> list[Any]:
        """All that a refused request must leave alone."""
        with self.world.engine.connect() as connection:
            queries = ("SELECT * FROM wallet_offers ORDER BY id", "SELECT * FROM deliveries", "SELECT * FROM awards")
            rows = [list(connection.execute(text(query))) for query in queries]
        return [*rows, list(self.world.bound_calls)]

    @contextmanager
    def nothing_happens(self) -> Iterator[None]:
        before = self.stored()
        yield
        assert self.stored() == before

    def refused(self, response: TestResponse, status: int, error: str) -> None:
        assert (response.status_code, response.json["error"]) == (status, error), response.json
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.fixture
def client(sqlite_databases: SqliteDatabases) -> Iterator[WalletClient]:
    """Against SQLite: most rules do not depend on the database."""
    url = sqlite_databases.copy_of(migrated)
    world = World(url)
    yield WalletClient(world)
    world.engine.dispose()
    sqlite_databases.drop(url)


@pytest.fixture
def client_anywhere(migrated_database_url: str) -> Iterator[WalletClient]:
    """Against SQLite and PostgreSQL, for what rests on the database's atomicity."""
    world = World(migrated_database_url)
    yield WalletClient(world)
    world.engine.dispose()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines
