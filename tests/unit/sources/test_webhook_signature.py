"""Rows EV01 to EV09 of the events catalogue: who signed, and when."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources import webhook

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
BODY = '{"name": "Zoë", "n": 1}'.encode()


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


SECRET = new_secret()


def signed(body: bytes = BODY, secret: str = SECRET, at: datetime = NOW, message_id: str = "msg_1") -> dict[str, str]:
    return {
        "Webhook-Id": message_id,
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign(message_id, at, body.decode()),
    }


def refusal(headers: dict[str, str], body: bytes = BODY, known: list[str] | None = None) -> tuple[str, int]:
    with pytest.raises(BadgeToolError) as refused:
        webhook.verify(headers, body, [SECRET] if known is None else known, NOW)
    return refused.value.code, refused.value.status


def test_a_body_signed_now_is_accepted() -> None:
    webhook.verify(signed(), BODY, [SECRET], NOW)


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_five_minutes_of_difference_are_accepted(seconds: int) -> None:
    webhook.verify(signed(at=NOW + timedelta(seconds=seconds)), BODY, [SECRET], NOW)


@pytest.mark.parametrize("missing", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_ev01_unsigned(missing: str) -> None:
    headers = signed()
    del headers[missing]
    assert refusal(headers) == ("event.unsigned", 401)


def test_ev02_bad_signature() -> None:
    assert refusal(signed(secret=new_secret())) == ("event.signature_invalid", 401)
    assert refusal(signed() | {"Webhook-Id": "msg_2"}) == ("event.signature_invalid", 401)
    later = str(int(NOW.timestamp()) + 1)
    assert refusal(signed() | {"Webhook-Timestamp": later}) == ("event.signature_invalid", 401)


def test_ev03_a_reserialised_body_is_another_body() -> None:
    assert refusal(signed(), BODY.replace(b": ", b":")) == ("event.signature_invalid", 401)


def test_ev04_stale() -> None:
    assert refusal(signed(at=NOW - timedelta(seconds=301))) == ("event.stale", 401)


def test_ev05_future() -> None:
    assert refusal(signed(at=NOW + timedelta(minutes=10))) == ("event.future", 401)


def test_ev06_the_previous_secret_still_counts_while_it_is_listed() -> None:
    webhook.verify(signed(), BODY, [new_secret(), SECRET], NOW)


def test_a_sender_may_sign_with_both_secrets() -> None:
    old, new = signed(secret=new_secret()), signed()
    both = {"Webhook-Signature": f"{old['Webhook-Signature']} v1a,xyz {new['Webhook-Signature']}"}
    webhook.verify(new | both, BODY, [SECRET], NOW)


def test_ev07_a_withdrawn_secret() -> None:
    assert refusal(signed(), known=[new_secret()]) == ("event.signature_invalid", 401)
    assert refusal(signed(), known=[]) == ("event.signature_invalid", 401)


@pytest.mark.parametrize("scheme", ["none", "v0", "v1a", "V1", ""])
def test_ev08_no_other_scheme_counts(scheme: str) -> None:
    good = signed()
    mac = good["Webhook-Signature"].partition(",")[2]
    assert refusal(good | {"Webhook-Signature": f"{scheme},{mac}"}) == ("event.alg_forbidden", 401)


def test_ev09_another_platforms_secret() -> None:
    # A shared secret names nobody, so a stranger's signature is simply a wrong one.
    assert refusal(signed(secret=new_secret()))[0] == "event.signature_invalid"


@pytest.mark.parametrize("broken", ["", "whsec_", "whsec_!", "whsec_ü", "whsec_A"])
def test_an_unusable_secret_opens_nothing_and_breaks_nothing(broken: str) -> None:
    assert refusal(signed(), known=[broken])[0] == "event.signature_invalid"
    webhook.verify(signed(), BODY, [broken, SECRET], NOW)


@pytest.mark.parametrize("stamp", ["1.5", "-1", "1e9", "01777896000", "١٢٣", "9" * 30, "now", " 1"])
def test_a_timestamp_is_whole_seconds(stamp: str) -> None:
    assert refusal(signed() | {"Webhook-Timestamp": stamp})[1] == 401


def test_ev31_bytes_that_are_no_text() -> None:
    assert refusal(signed(), b"\xff\xfe{}") == ("event.malformed", 400)


@given(
    st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()), st.binary()
)
def test_nothing_random_is_ever_accepted(headers: dict[str, str], body: bytes) -> None:
    assert refusal(headers, body)[1] in (400, 401)
