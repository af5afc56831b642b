"""The notification endpoint."""

from __future__ import annotations

import pytest

from tests.factories.wallet import Wallet


@pytest.fixture
def collected(client):
    """(client, access token, notification id) after a wallet has collected the badge."""
    token = client.got_token()
    response = client.asked_with(token, client.proof(Wallet()))
    return client, token, response.json["notification_id"]


def _delivery(client):
    with client.world.transactions(write=False) as uow:
        (delivery,) = uow.deliveries.of_award(client.world.award_id)
    return delivery


@pytest.mark.parametrize(
    ("event", "state"),
    [("credential_accepted", "delivered"), ("credential_failure", "failed"), ("credential_deleted", "failed")],
)
def test_an_event_is_noted_as_often_as_it_comes(collected, event: str, state: str) -> None:
    client, token, notification_id = collected
    for _ in range(2):
        response = client.notify(token, {"notification_id": notification_id, "event": event})
        assert (response.status_code, response.get_data()) == (204, b"")
    assert _delivery(client).state == state


def test_the_wallets_own_words_are_kept_short_and_plain(collected) -> None:
    client, token, notification_id = collected
    words = "no \x00\u202e\ud800 space <b>" + "x" * 1000
    client.notify(
        token, {"notification_id": notification_id, "event": "credential_failure", "event_description": words}
    )
    detail = _delivery(client).detail
    assert "no  space <b>xxx" in detail
    assert len(detail) < 300
    assert detail.isascii()


@pytest.mark.parametrize("forged", ["forged", "", "\x00", "\ud800", "a" * 500])
def test_a_forged_notification_id(collected, forged: str) -> None:
    client, token, _ = collected
    with client.nothing_happens():
        response = client.notify(token, {"notification_id": forged, "event": "credential_deleted"})
        client.refused(response, 400, "invalid_notification_id")


def test_a_notification_id_of_another_offer(collected) -> None:
    client, _, notification_id = collected
    other = client.got_token()
    with client.nothing_happens():
        response = client.notify(other, {"notification_id": notification_id, "event": "credential_deleted"})
        client.refused(response, 400, "invalid_notification_id")


@pytest.mark.parametrize("change", [{"event": "shredded"}, {"event": None}, {"event": ["credential_accepted"]},
                                    {"notification_id": None}, {"notification_id": 7}])  # fmt: skip
def test_a_malformed_notification(collected, change: dict[str, object]) -> None:
    client, token, notification_id = collected
    with client.nothing_happens():
        body = {"notification_id": notification_id, "event": "credential_deleted"} | change
        client.refused(client.notify(token, body), 400, "invalid_notification_request")
        client.refused(client.notify(token, []), 400, "invalid_notification_request")


def test_a_notification_without_a_token(collected) -> None:
    client, _, notification_id = collected
    with client.nothing_happens():
        body = {"notification_id": notification_id, "event": "credential_deleted"}
        client.refused(client.notify(None, body), 401, "invalid_token")
        client.refused(client.notify("forged", body), 401, "invalid_token")
