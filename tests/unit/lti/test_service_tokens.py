"""Access tokens: cached for the registration, never for the issuer."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
import responses

from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from tests.fakes.clock import FakeClock
from tests.fakes.lti_platform import registration
from tests.fakes.signing import FakeKeys

TOKEN_URL = "https://lms.example/token"


def form_of(call: Any) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(call.request.body).items()}


def test_the_assertion_is_ours(web: responses.RequestsMock, tokens: CachedServiceTokens, clock: FakeClock) -> None:
    assert tokens.get(registration(), ["scope-b", "scope-a"]) == "token-1"
    form = form_of(web.calls[0])
    assert form["grant_type"] == "client_credentials"
    assert form["scope"] == "scope-a scope-b"
    key = FakeKeys().active("lti").private_key.public_key()
    unchecked = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(form["client_assertion"], key, ["RS256"], audience=TOKEN_URL, options=unchecked)
    now = int(clock.now().timestamp())
    assert (claims["iss"], claims["sub"]) == ("client-1", "client-1")
    assert (claims["iat"], claims["exp"]) == (now - 5, now + 300)
    assert jwt.get_unverified_header(form["client_assertion"])["kid"] == "tool-2"


def test_another_audience_of_the_registration_is_used(web: responses.RequestsMock, tokens: CachedServiceTokens) -> None:
    tokens.get(registration(auth_audience="https://auth.lms.example"), ["s"])
    claims = jwt.decode(form_of(web.calls[0])["client_assertion"], options={"verify_signature": False})
    assert claims["aud"] == "https://auth.lms.example"


def test_every_assertion_has_its_own_jti(web: responses.RequestsMock, tokens: CachedServiceTokens) -> None:
    tokens.get(registration(), ["a"])
    tokens.get(registration(), ["b"])
    assertions = [form_of(call)["client_assertion"] for call in web.calls]
    assert len({jwt.decode(one, options={"verify_signature": False})["jti"] for one in assertions}) == 2


def test_a_token_is_kept_until_a_minute_before_its_end(
    web: responses.RequestsMock, tokens: CachedServiceTokens, clock: FakeClock
) -> None:
    tokens.get(registration(), ["a", "b"])
    clock.advance(3539)
    tokens.get(registration(), ["b", "a", "a"])
    assert len(web.calls) == 1
    clock.advance(1)
    tokens.get(registration(), ["a", "b"])
    assert len(web.calls) == 2


def test_two_registrations_of_one_issuer_never_share(web: responses.RequestsMock, tokens: CachedServiceTokens) -> None:
    """Two institutions at one hosted LMS: the token of one opens the grades of the other."""
    tokens.get(registration(), ["a"])
    tokens.get(registration(id="reg-2", client_id="client-2"), ["a"])
    assert len(web.calls) == 2


def test_twenty_threads_ask_once(web: responses.RequestsMock, tokens: CachedServiceTokens) -> None:
    threads = [threading.Thread(target=tokens.get, args=(registration(), ["a"])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(web.calls) == 1


def test_a_refused_token_is_forgotten_once(web: responses.RequestsMock, tokens: CachedServiceTokens) -> None:
    token = tokens.get(registration(), ["a"])
    tokens.forget(registration(), ["a"], "an older one")
    tokens.get(registration(), ["a"])
    assert len(web.calls) == 1
    tokens.forget(registration(), ["a"], token)
    tokens.get(registration(), ["a"])
    assert len(web.calls) == 2


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [
        ({"status": 400, "json": {"error": "invalid_scope"}}, "token.scope_refused", 400),
        ({"status": 503, "body": "secret detail", "headers": {"Retry-After": "7"}}, "token.unavailable", 503),
        ({"status": 302, "headers": {"Location": "https://evil.example"}}, "token.unavailable", 502),
        ({"body": "<html>"}, "token.malformed", 502),
        ({"body": "[]"}, "token.malformed", 502),
        ({"json": {"access_token": ""}}, "token.malformed", 502),
        ({"json": {"access_token": "a\r\nb"}}, "token.malformed", 502),
        ({"json": {}}, "token.malformed", 502),
    ],
)
def test_no_token(tokens: CachedServiceTokens, answer: dict[str, Any], code: str, status: int) -> None:
    with responses.RequestsMock() as web:
        web.add("POST", TOKEN_URL, **answer)
        with pytest.raises(ServiceError) as refused:
            tokens.get(registration(), ["a"])
    assert (refused.value.code, refused.value.status) == (code, status)
    assert "secret" not in str(refused.value)
    assert refused.value.retry_after == (7.0 if status == 503 else None)


@pytest.mark.parametrize(
    ("granted", "ok"), [("b a c", True), ("a b", True), (None, True), (7, True), ("a", False), ("", False)]
)
def test_what_is_granted_is_compared_with_what_was_asked(
    tokens: CachedServiceTokens, granted: object, ok: bool
) -> None:
    """Canvas's administrators switch single services off, and Moodle drops scopes it does not know."""
    with responses.RequestsMock() as web:
        web.add("POST", TOKEN_URL, json={"access_token": "t", "scope": granted})
        if ok:
            assert tokens.get(registration(), ["a", "b"]) == "t"
            return
        for _ in range(2):
            with pytest.raises(ServiceError, match=r"token\.scope_refused"):
                tokens.get(registration(), ["a", "b"])
        assert len(web.calls) == 2  # what was refused is not kept


@pytest.mark.parametrize("expires_in", [None, "3600", -1, True, 0])
def test_an_odd_lifetime_means_five_minutes(tokens: CachedServiceTokens, clock: FakeClock, expires_in: Any) -> None:
    with responses.RequestsMock() as web:
        web.add("POST", TOKEN_URL, json={"access_token": "t", "expires_in": expires_in}, content_type="text/html")
        tokens.get(registration(), ["a"])
        clock.advance(239)
        tokens.get(registration(), ["a"])
        assert len(web.calls) == 1
        clock.advance(1)
        tokens.get(registration(), ["a"])
        assert len(web.calls) == 2
