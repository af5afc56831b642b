"""What must happen once although many ask at the same moment: rows WV06, WV13 and WV38."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.factories.wallet import GRANT, SLUG, TENANT, Wallet, World

THREADS = 8


def _at_once(step: Callable[[int], TestResponse], times: int) -> list[TestResponse]:
    """Calls step(0), step(1) … from threads that start together."""
    gate = threading.Barrier(THREADS)

    def run(number: int) -> TestResponse:
        if number < THREADS:
            gate.wait(timeout=30)
        return step(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(times)))


def _outcomes(responses: list[TestResponse]) -> Counter[str]:
    return Counter(response.json.get("error", "success") for response in responses)


def test_wv06_one_code_a_hundred_times_in_parallel(client_anywhere) -> None:
    client = client_anywhere
    code = client.got_code(client.offer())
    responses = _at_once(lambda _: client.token(code), 100)
    assert _outcomes(responses) == {"success": 1, "invalid_grant": 99}


def test_wv13_guesses_spread_over_processes_count_together(client_anywhere) -> None:
    """Two tools on one database, all guesses at once, and no memory of either but the database."""
    client = client_anywhere
    other = World.beside(client.world).app()
    offer = client.offer(with_tx_code=True)
    code = client.got_code(offer)
    wrong = f"{(int(offer.tx_code) + 1) % 1_000_000:06d}"

    def guess(number: int) -> TestResponse:
        if number % 2:
            return client.token(code, tx_code=wrong)
        form = {"grant_type": GRANT, "pre-authorized_code": code, "tx_code": wrong}
        return other.test_client().post(f"/issuers/{SLUG}/token", data=form)

    assert _outcomes(_at_once(guess, 16)) == {"invalid_grant": 16}
    with client.world.engine.connect() as connection:
        left = connection.execute(text("SELECT count(*) FROM nonces WHERE purpose = 'wallet_tx_code_try'")).scalar()
    assert left == 0
    client.refused(client.token(code, tx_code=offer.tx_code), 400, "invalid_grant")


def test_wv38_one_nonce_for_many_keys_at_once(client_anywhere) -> None:
    client = client_anywhere
    nonce = client.got_nonce()
    requests = [(client.got_token(), client.proof(Wallet(), nonce=nonce)) for _ in range(THREADS)]
    responses = _at_once(lambda number: client.asked_with(*requests[number]), THREADS)
    assert _outcomes(responses) == {"success": 1, "invalid_nonce": THREADS - 1}


def test_wv47_one_token_for_many_keys_at_once(client_anywhere) -> None:
    client = client_anywhere
    token = client.got_token()
    proofs = [client.proof(Wallet()) for _ in range(THREADS)]
    responses = _at_once(lambda number: client.asked_with(token, proofs[number]), THREADS)
    assert _outcomes(responses) == {"success": 1, "credential_request_denied": THREADS - 1}
    assert len(client.world.bound_calls) == 1


def test_wv47_one_key_many_times_at_once_is_one_badge(client_anywhere) -> None:
    client, wallet = client_anywhere, Wallet()
    token = client.got_token()
    proofs = [client.proof(wallet) for _ in range(THREADS)]
    responses = _at_once(lambda number: client.asked_with(token, proofs[number]), THREADS)
    assert {response.status_code for response in responses} == {200}
    assert len({response.get_data() for response in responses}) == 1


def test_offers_of_one_badge_do_not_disturb_each_other(client) -> None:
    first, second = client.offer(), client.offer()
    assert client.token(client.got_code(second)).status_code == 200
    assert client.token(client.got_code(first)).status_code == 200
    assert client.world.desk.offers.create_offer(client.world.award_id, TENANT).offer_id
