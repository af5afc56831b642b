"""JH: the form of the token and its header, in launches and in messages that come without a browser."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.certification.refusing import PATHS, refuse_token
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


CASES: list[tuple[str, Make, int]] = [
    ("JH01", _constant(""), 400),
    ("JH02-one", _constant("abc"), 400),
    ("JH02-two", _constant("a.b"), 400),
    ("JH02-four", _constant("a.b.c.d"), 400),
    ("JH03", _constant("a.b.c.d.e"), 400),
    ("JH04-alphabet", lambda s, c: s.platform.sign(c).replace(".", ".+", 1), 400),
    ("JH04-space", lambda s, c: s.platform.sign(c).replace(".", ". ", 1), 400),
    ("JH04-padding", lambda s, c: s.platform.sign(c).replace(".", "=.", 1), 400),
    ("JH05-header", _text(header="nonsense"), 400),
    ("JH05-header-array", _text(header="[]"), 400),
    ("JH05-payload", _text(payload="nonsense"), 400),
    ("JH06-array", _text(payload="[]"), 400),
    ("JH06-text", _text(payload='"x"'), 400),
    ("JH06-number", _text(payload="1"), 400),
    ("JH06-null", _text(payload="null"), 400),
    ("JH07-header", _text(header='{"alg":"none","alg":"RS256","kid":"platform-1"}'), 400),
    ("JH07-payload", _text(payload='{"sub":"a","sub":"b"}'), 400),
    ("JH08-form", lambda s, c: s.platform.sign({**c, "x": "a" * 2**21}), 413),
    ("JH08-token", lambda s, c: s.platform.sign({**c, "x": "a" * 1_200_000}), 413),
    ("JH09", _text(payload="[" * 90_000 + "]" * 90_000), 400),
    ("JH10-none", _header(alg="none"), 401),
    ("JH10-case", _header(alg="nOnE"), 401),
    (
        "JH10-empty-signature",
        lambda s, c: s.platform.sign(c, alg="none").rsplit(".", 1)[0] + ".",
        401,
    ),
    ("JH11", _hmac_with_public_key, 401),
    ("JH12-RS384", _header(alg="RS384"), 401),
    ("JH12-PS256", _header(alg="PS256"), 401),
    ("JH12-ES256", _header(alg="ES256"), 401),
    ("JH13-missing", _header(alg=GONE), 401),
    ("JH13-list", _header(alg=["RS256"]), 401),
    ("JH13-number", _header(alg=256), 401),
    ("JH14", _header(kid=GONE), 401),
    ("JH15", _header(kid="another"), 401),
    ("JH16-empty", _header(kid=""), 401),
    ("JH16-number", _header(kid=7), 401),
    ("JH16-list", _header(kid=["platform-1"]), 401),
    ("JH16-object", _header(kid={"a": 1}), 401),
    ("JH17-path", _header(kid="../../etc/passwd"), 401),
    ("JH17-sql", _header(kid="x'--"), 401),
    ("JH17-nul", _header(kid="platform-1\x00"), 401),
    ("JH17-long", _header(kid="k" * 10_240), 401),
    ("JH18", _header(jwk=public_jwk(rsa_key("attacker"), "platform-1")), 401),
    ("JH19-jku", _header(jku="https://evil.example/jwks"), 401),
    ("JH19-x5u", _header(x5u="https://evil.example/cert"), 401),
    ("JH20", _header(crit=["exp"]), 401),
    ("JH21-access", _header(typ="at+jwt"), 401),
    ("JH21-logout", _header(typ="logout+jwt"), 401),
    ("JH21-wallet", _header(typ="openid4vci-proof+jwt"), 401),
    ("JH22-stripped", lambda s, c: s.platform.sign(c).rsplit(".", 1)[0] + ".", 401),
    ("JH22-flipped", _flipped, 401),
    ("JH23", _swapped, 401),
    ("JH24", _signed_by("another-tenant"), 401),
    (
        "JH25",
        lambda s, c: jwt.encode(c, FakeKeys().active("lti").private_key, "RS256", {"kid": s.platform.kid}),
        401,
    ),
    ("JH26-nan", _with_time("NaN"), 400),
    ("JH26-infinity", _with_time("Infinity"), 400),
    ("JH26-overflow", _with_time("1e400"), 400),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("row", "make", "status"),
    [pytest.param(case[:4], *made, id=case, marks=pytest.mark.row(case[:4])) for case, *made in CASES],
)
def test_token_is_refused(stage: Stage, path: str, row: str, make: Make, status: int) -> None:
    refuse_token(stage, path, row, status, make)


def test_number_of_five_thousand_digits(stage: Stage) -> None:
    login = stage.login()
    token = _with_time("9" * 5000)(stage, stage.platform.claims(login.nonce))
    stage.refused(stage.post(login.state, token), "jwt.malformed", 400)
