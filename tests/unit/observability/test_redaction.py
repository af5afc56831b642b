"""No secret reaches a log, whatever it is called and however deep it lies."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.observability import redact
from lti_tool.observability.redaction import _HARMLESS, _without_secrets

SECRET = "zzSecretzz1234567890"
JWT = jwt.encode({"sub": "5"}, "k" * 32, algorithm="HS256")

NAMES = [
    "Authorization", "authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "password", "passwd",
    "db_password", "client_secret", "clientSecret", "access_token", "refresh_token", "id_token", "accessToken",
    "token", "wstoken", "jwt", "api_key", "apiKey", "X-Api-Key", "private_key", "privateKey", "client_assertion",
    "nonce", "state", "csrf_token", "X-CSRF-Token", "webhook-signature", "pre-authorized_code", "tx_code",
    "session_token", "launch_session", "registration_token", "SECRET_KEY", "initial_access_token",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_field_with_a_secret_name_is_hidden(name: str) -> None:
    for holder in ({name: SECRET}, {"a": [{"b": {name: {"c": [SECRET]}}}]}, {"headers": [(name, SECRET)]}):
        assert SECRET not in json.dumps(redact(holder))


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"authorization: Basic {base64.b64encode(SECRET.encode()).decode()}",
        f"GET https://lms.example/service.php?wstoken={SECRET}&f=1",
        f"POST /token?client_secret={SECRET}",
        f"https://lms.example/cb?code={SECRET}&state={SECRET}",
        f"https://user:{SECRET}@lms.example/",
        f"postgresql://badges:{SECRET}@db/badges",
        f"redis://:{SECRET}@cache:6379/0",
        f"whsec_{SECRET}",
        f"POST /canvas-live-events/reg-1/canvas_live_events-0a/{SECRET} HTTP/1.1",
        f"{{'access_token': '{SECRET}', 'n': 1}}",
        f'{{"password": "{SECRET}"}}',
        f"password={SECRET}",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}",
        f"openid-credential-offer?pre-authorized_code={SECRET}",
    ],
)
def test_a_text_that_holds_a_secret_loses_it(text: str) -> None:
    kept = redact({"message": f"before {text} after"})["message"]
    assert SECRET not in kept
    assert base64.b64encode(SECRET.encode()).decode() not in kept
    assert kept.startswith("before ")


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_jwt_is_hidden_wherever_it_stands(before: str, after: str) -> None:
    signature = JWT.rsplit(".", 1)[1]
    kept = redact([f"{before} {JWT} {after}", {f"k {JWT}": 1}, ValueError(JWT)])
    assert signature not in json.dumps(kept)
    assert JWT not in json.dumps(kept)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abc xyz", max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4).filter(lambda found: len(found) != 2)
        | st.dictionaries(st.sampled_from(["award", "course", "reason", "count"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(plain)
def test_what_is_no_secret_stays(value: Any) -> None:
    assert redact(value) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token_endpoint", "https://lms.example/token"),
        ("kid", "zQm4"),
        ("code", "claim.nonce_used"),
        ("event", "credential.issued"),
        ("statement", "Sam passed"),
        ("status", 200),
        ("reason", "the quiz token was spent"),
        ("credential_id", "urn:uuid:1"),
        ("session", 5),
        ("award_state", "flagged"),
        ("note", "state: draft, code: 7"),
        ("url", "https://lms.example/mod/quiz/view.php?id=42&page=2"),
    ],
)
def test_what_helps_to_find_a_fault_stays(name: str, value: Any) -> None:
    assert redact({name: value}) == {name: value}


def test_bytes_depth_and_size_are_bounded() -> None:
    deep: Any = SECRET
    for _ in range(100):
        deep = [deep, 1, 2]
    assert SECRET not in json.dumps(redact(deep))
    assert redact(b"\0" * 9) == "[9 bytes]"
    assert len(redact("x" * 100_000)) < 21_000


@given(st.from_regex(_HARMLESS, fullmatch=True))
def test_what_is_not_looked_through_would_have_been_left_as_it_is(text: str) -> None:
    assert _without_secrets(text) == text


@pytest.mark.parametrize("text", [f"key-whsec_{SECRET}", "login.eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI1In0.c2ln"])
def test_a_secret_behind_a_name_is_looked_for(text: str) -> None:
    assert redact(text) != text
