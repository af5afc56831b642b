"""L-JK: the platform's key set. The limits of size, time and address are the http room's; here is what becomes of
them. JK11: a key that was withdrawn is no longer good after the cache's hour."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from lti_tool.http.errors import AddressRefused, HttpTimeout, TooLarge, Unreachable
from tests.fakes.lti_platform import JWKS_URL, registration
from tests.fakes.lti_stage import Stage
from tests.fakes.signing import public_jwk, rsa_key

KEY_SET = [
    ("JK05", [{"kty": "oct", "k": "c2VjcmV0", "kid": "platform-1", "alg": "HS256"}], "keys.type_forbidden", 401),
    ("JK06-bits", [public_jwk(rsa_key("small", 1024), "platform-1")], "keys.weak", 401),
    ("JK06-exponent", [{**public_jwk(rsa_key("platform"), "platform-1"), "e": "AQ"}], "keys.weak", 401),
    ("JK07-use", [public_jwk(rsa_key("platform"), "platform-1", use="enc")], "keys.use_wrong", 401),
    ("JK07-ops", [public_jwk(rsa_key("platform"), "platform-1", key_ops=["encrypt"])], "keys.use_wrong", 401),
    ("JK07-alg", [public_jwk(rsa_key("platform"), "platform-1", alg="PS256")], "keys.use_wrong", 401),
    ("JK08", [public_jwk(rsa_key("platform"), "platform-1")] * 2, "keys.ambiguous", 401),
    ("JK12-member", [{"kty": "RSA", "kid": "platform-1"}], "keys.malformed", 502),
    ("JK12-entries", ["text", 7, None], "jwt.kid_unknown", 401),
]


@pytest.mark.parametrize(("keys", "code", "status"), [row[1:] for row in KEY_SET], ids=[row[0] for row in KEY_SET])
def test_key_is_refused(stage: Stage, keys: list[Any], code: str, status: int) -> None:
    stage.platform.keys = keys
    stage.refused(stage.launch(), code, status)


ANSWERS = [
    ("JK01", {"body": HttpTimeout("slow")}, "keys.timeout", 504),
    ("JK02-500", {"status": 500, "body": "inner detail"}, "keys.unavailable", 502),
    ("JK02-html", {"body": "<html>inner detail"}, "keys.unavailable", 502),
    ("JK02-empty", {"body": ""}, "keys.unavailable", 502),
    ("JK02-down", {"body": Unreachable("down")}, "keys.unavailable", 502),
    ("JK03-address", {"body": AddressRefused("private")}, "keys.url_forbidden", 502),
    ("JK03-redirect", {"status": 302, "headers": {"Location": "http://169.254.169.254/"}}, "keys.unavailable", 502),
    ("JK04", {"body": TooLarge("large")}, "keys.too_large", 502),
    ("JK12-no-keys", {"body": "{}"}, "keys.malformed", 502),
    ("JK12-object", {"body": '{"keys": {}}'}, "keys.malformed", 502),
    ("JK12-array", {"body": "[]"}, "keys.malformed", 502),
]


@pytest.mark.parametrize(("answer", "code", "status"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_key_set_is_refused(stage: Stage, answer: dict[str, Any], code: str, status: int) -> None:
    stage.web.remove("GET", JWKS_URL)
    stage.web.add("GET", JWKS_URL, **answer)
    response = stage.launch()
    stage.refused(response, code, status)
    assert "inner detail" not in response.text
    assert len(stage.web.calls) == 1


def test_jk10_a_flood_of_unknown_keys_makes_two_fetches(stage: Stage) -> None:
    stage.accepted(stage.launch())
    stage.opened.clear()
    for expected in ("jwt.kid_unknown", *["keys.refetch_limited"] * 5):
        login = stage.login()
        made_up = stage.platform.sign(stage.platform.claims(login.nonce), kid=f"made-up-{expected}")
        stage.refused(stage.post(login.state, made_up), expected, 401)
    assert len(stage.web.calls) == 2
    stage.accepted(stage.launch())  # known keys go on working meanwhile


def test_jk11_a_withdrawn_key_ends_with_the_cache(stage: Stage) -> None:
    stage.accepted(stage.launch())
    stage.platform.keys = [public_jwk(rsa_key("platform-2"), "platform-2")]
    stage.accepted(stage.launch())
    stage.opened.clear()
    stage.clock.advance(3600)
    stage.refused(stage.launch(), "jwt.kid_unknown", 401)


def test_two_platforms_keys_are_never_mixed(stage: Stage) -> None:
    """JH24: the same kid at two addresses names two keys."""
    other = json.dumps({"keys": [public_jwk(rsa_key("other"), "platform-1")]})
    stage.web.add(responses.GET, "https://other.example/jwks", body=other)
    stage.accepted(stage.launch())
    stage.transactions.registrations.save(registration(jwks_url="https://other.example/jwks"))
    stage.opened.clear()
    stage.refused(stage.launch(), "jwt.signature_invalid", 401)
