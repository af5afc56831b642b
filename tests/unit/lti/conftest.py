"""Services of a platform, answered in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from lti_tool.http.session import HttpSettings, OutgoingHttp
from lti_tool.lti.service_tokens import CachedServiceTokens
from tests.fakes.clock import FakeClock
from tests.fakes.signing import FakeKeys

TOKEN_URL = "https://lms.example/token"


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        web.add("POST", TOKEN_URL, json={"access_token": "token-1", "expires_in": 3600})
        yield web


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def http() -> OutgoingHttp:
    return OutgoingHttp(HttpSettings())


@pytest.fixture
def tokens(http: OutgoingHttp, clock: FakeClock) -> CachedServiceTokens:
    return CachedServiceTokens(http, FakeKeys(), clock)
