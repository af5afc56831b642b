"""L-JH: the form of the token and its header."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.fakes.lti_platform import GONE, segment
from tests.fakes.lti_stage import Stage
from tests.fakes.signing import FakeKeys, public_jwk, rsa_key

Make = Callable[[Stage, dict[str, Any]], str]


def _hmac_with_public_key(stage: Stage, claims: dict[str, Any]) -> str:
    """JH11: the classic confusion. The platform's public key is no secret."""
    pem = stage.platform.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = {"alg": "HS256", "typ": "JWT", "kid": stage.platform.kid}
    signing_input = f"{segment(json.dumps(head))}.{segment(json.dumps(claims))}"
    return f"{signing_input}.{segment(hmac.digest(pem, signing_input.encode(), hashlib.sha256))}"


def _signed_by(name: str) -> Make:
    return lambda stage, claims: jwt.encode(claims, rsa_key(name), "RS256", {"kid": stage.platform.kid})


def _flipped(stage: Stage, claims: dict[str, Any]) -> str:
    head, body, signature = stage.platform.sign(claims).split(".")
    return f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def _swapped(stage: Stage, claims: dict[str, Any]) -> str:
    head, _, signature = stage.platform.sign(claims).split(".")
    return f"{head}.{segment(json.dumps({**claims, 'sub': 'admin'}))}.{signature}"


def _header(**changes: Any) -> Make:
    return lambda stage, claims: stage.platform.sign(claims, **changes)


def _text(header: str | None = None, payload: str | None = None) -> Make:
    good = '{"alg":"RS256","typ":"JWT","kid":"platform-1"}'
    return lambda stage, claims: stage.platform.sign_text(header or good, payload or json.dumps(claims))


def _with_time(text: str) -> Make:
    return lambda stage, claims: stage.platform.sign_text(
        '{"alg":"RS256","kid":"platform-1"}', json.dumps({**claims, "exp": 0}).replace('"exp": 0', f'"exp": {text}')
    )


def _constant(value: str) -> Make:
    return lambda stage, claims: value


ROWS: list[tuple[str, Make, str, int]] = [
    ("JH01", _constant(""), "token_missing", 400),
    ("JH02-one", _constant("abc"), "token_malformed", 400),
    ("JH02-two", _constant("a.b"), "token_malformed", 400),
    ("JH02-four", _constant("a.b.c.d"), "token_malformed", 400),
    ("JH03", _constant("a.b.c.d.e"), "token_encrypted", 400),
    ("JH04-alphabet", lambda s, c: s.platform.sign(c).replace(".", ".+", 1), "token_malformed", 400),
    ("JH04-space", lambda s, c: s.platform.sign(c).replace(".", ". ", 1), "token_malformed", 400),
    ("JH04-padding", lambda s, c: s.platform.sign(c).replace(".", "=.", 1), "token_malformed", 400),
    ("JH05-header", _text(header="nonsense"), "token_malformed", 400),
    ("JH05-header-array", _text(header="[]"), "token_malformed", 400),
    ("JH05-payload", _text(payload="nonsense"), "token_malformed", 400),
    ("JH06-array", _text(payload="[]"), "payload_not_object", 400),
    ("JH06-text", _text(payload='"x"'), "payload_not_object", 400),
    ("JH06-number", _text(payload="1"), "payload_not_object", 400),
    ("JH06-null", _text(payload="null"), "payload_not_object", 400),
    ("JH07-header", _text(header='{"alg":"none","alg":"RS256","kid":"platform-1"}'), "duplicate_key", 400),
    ("JH07-payload", _text(payload='{"sub":"a","sub":"b"}'), "duplicate_key", 400),
    ("JH08-form", lambda s, c: s.platform.sign({**c, "x": "a" * 2**21}), "token_too_large", 413),
    ("JH08-token", lambda s, c: s.platform.sign({**c, "x": "a" * 300_000}), "token_too_large", 413),
    ("JH09", _text(payload="[" * 90_000 + "]" * 90_000), "token_malformed", 400),
    ("JH10-none", _header(alg="none"), "alg_forbidden", 401),
    ("JH10-case", _header(alg="nOnE"), "alg_forbidden", 401),
    ("JH10-empty-signature", lambda s, c: s.platform.sign(c, alg="none").rsplit(".", 1)[0] + ".", "alg_forbidden", 401),
    ("JH11", _hmac_with_public_key, "alg_forbidden", 401),
    ("JH12-RS384", _header(alg="RS384"), "alg_forbidden", 401),
    ("JH12-PS256", _header(alg="PS256"), "alg_forbidden", 401),
    ("JH12-ES256", _header(alg="ES256"), "alg_forbidden", 401),
    ("JH13-missing", _header(alg=GONE), "alg_missing", 401),
    ("JH13-list", _header(alg=["RS256"]), "alg_missing", 401),
    ("JH13-number", _header(alg=256), "alg_missing", 401),
    ("JH14", _header(kid=GONE), "kid_missing", 401),
    ("JH15", _header(kid="another"), "kid_unknown", 401),
    ("JH16-empty", _header(kid=""), "kid_malformed", 401),
    ("JH16-number", _header(kid=7), "kid_malformed", 401),
    ("JH16-list", _header(kid=["platform-1"]), "kid_malformed", 401),
    ("JH16-object", _header(kid={"a": 1}), "kid_malformed", 401),
    ("JH17-path", _header(kid="../../etc/passwd"), "kid_unknown", 401),
    ("JH17-sql", _header(kid="x'--"), "kid_unknown", 401),
    ("JH17-nul", _header(kid="platform-1\x00"), "kid_malformed", 401),
    ("JH17-long", _header(kid="k" * 10_240), "kid_malformed", 401),
    ("JH18", _header(jwk=public_jwk(rsa_key("attacker"), "platform-1")), "key_header_forbidden", 401),
    ("JH19-jku", _header(jku="https://evil.example/jwks"), "key_header_forbidden", 401),
    ("JH19-x5u", _header(x5u="https://evil.example/cert"), "key_header_forbidden", 401),
    ("JH20", _header(crit=["exp"]), "crit_unknown", 401),
    ("JH21-access", _header(typ="at+jwt"), "type_wrong", 401),
    ("JH21-logout", _header(typ="logout+jwt"), "type_wrong", 401),
    ("JH21-wallet", _header(typ="openid4vci-proof+jwt"), "type_wrong", 401),
    ("JH22-stripped", lambda s, c: s.platform.sign(c).rsplit(".", 1)[0] + ".", "signature_invalid", 401),
    ("JH22-flipped", _flipped, "signature_invalid", 401),
    ("JH23", _swapped, "signature_invalid", 401),
    ("JH24", _signed_by("another-tenant"), "signature_invalid", 401),
    (
        "JH25",
        lambda s, c: jwt.encode(c, FakeKeys().active("lti").private_key, "RS256", {"kid": s.platform.kid}),
        "signature_invalid",
        401,
    ),
    ("JH26-nan", _with_time("NaN"), "number_invalid", 400),
    ("JH26-infinity", _with_time("Infinity"), "number_invalid", 400),
    ("JH26-overflow", _with_time("1e400"), "number_invalid", 400),
    ("JH26-digits", _with_time("9" * 5000), "token_malformed", 400),
]


@pytest.mark.parametrize(("make", "code", "status"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_token_is_refused(stage: Stage, make: Make, code: str, status: int) -> None:
    login = stage.login()
    response = stage.post(login.state, make(stage, stage.platform.claims(login.nonce)))
    stage.refused(response, f"launch.{code}", status)
    assert {call.request.url for call in stage.web.calls} <= {"https://lms.example/jwks"}


def test_a_refusal_shows_nothing_of_the_token(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    login = stage.login()
    sent = _flipped(stage, stage.platform.claims(login.nonce))
    page = stage.post(login.state, sent).text
    logged = "".join(capsys.readouterr())
    assert "launch.signature_invalid" in logged
    for secret in (sent, sent.split(".")[1], login.state, login.nonce, "Robin", "user-7"):
        assert secret not in page
        assert secret not in logged
