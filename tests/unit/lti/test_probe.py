"""What a probe makes of a platform's answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import responses

from lti_tool.domain.identity import Course
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.service_lines import NOTICE_SCOPE
from lti_tool.http.session import OutgoingHttp
from lti_tool.lti import claims as c
from lti_tool.lti.probe import LtiProbe
from lti_tool.lti.service_tokens import CachedServiceTokens
from tests.fakes.clock import FakeClock
from tests.fakes.lti_platform import ISSUER, JWKS_URL, registration
from tests.fakes.signing import FakeKeys, public_jwk, rsa_key

TOKEN_URL, MEMBERS, ITEMS = f"{ISSUER}/token", f"{ISSUER}/members", f"{ISSUER}/lineitems"
NOTICES = f"{ISSUER}/notices"
KEY_SET = {"keys": [public_jwk(rsa_key("platform"), "key-1")]}
SCOPES = (c.SCOPE_ROSTER, c.SCOPE_LINEITEM, c.SCOPE_SCORE)
COURSE = Course("course-1", "reg-1", "1", "context-1", "Course", ITEMS, MEMBERS)


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


class Probing:
    """A probe with its clock. `fetched`: whether the platform comes for our keys."""

    def __init__(self, web: responses.RequestsMock) -> None:
        self.web = web
        self.clock = FakeClock()
        self.fetched = True
        self.offered: tuple[str, ...] = (NOTICES,)
        self.courses = [COURSE]
        http = OutgoingHttp()
        tokens = CachedServiceTokens(http, FakeKeys(), self.clock)
        self.probe = LtiProbe(http, tokens, self.clock, lambda since: self.fetched, lambda _: self.offered)

    def answer(self, keys: Any = None, token: Any = None, **services: Any) -> None:
        self.web.get(JWKS_URL, **(keys or {"json": KEY_SET}))
        self.web.post(TOKEN_URL, **(token or {"json": {"access_token": "t", "expires_in": 3600}}))
        self.web.get(MEMBERS, **services.get("members", {"json": {"members": []}}))
        self.web.get(ITEMS, **services.get("items", {"json": []}))
        self.web.get(NOTICES, **services.get("notices", {"json": {"notice_handlers": []}}))

    def __call__(self, *before: Observation, **changes: Any) -> dict[Seen, Observation]:
        held = registration(**{"service_scopes": SCOPES} | changes)
        found = self.probe(held, self.courses, {one.key: one for one in before})
        assert len({one.key for one in found}) == len(found)
        return {one.key: one for one in found}


@pytest.fixture
def probing(web: responses.RequestsMock) -> Probing:
    return Probing(web)


def test_everything_is_really_asked(probing: Probing) -> None:
    probing.answer()
    found = probing()
    assert {key for key, one in found.items() if one.ok} == {Seen.KEYS, Seen.TOKEN, Seen.ROSTER, Seen.LINE_ITEMS}
    asked = [call.request.url for call in probing.web.calls]
    assert list(dict.fromkeys(asked)) == [JWKS_URL, TOKEN_URL, MEMBERS, ITEMS]
    probing()
    again = [call.request.url for call in probing.web.calls][len(asked) :]
    assert again.count(TOKEN_URL) == 1  # a new token is requested, whatever is kept


def test_the_notification_service_is_asked_where_its_scope_was_granted(probing: Probing) -> None:
    probing.answer()
    assert probing(service_scopes=(NOTICE_SCOPE,))[Seen.NOTICES].ok
    assert probing.web.calls[-1].request.url == NOTICES
    assert Seen.NOTICES not in probing()
    probing.web.replace("GET", NOTICES, status=403)
    assert probing(service_scopes=(NOTICE_SCOPE,))[Seen.NOTICES].code == "notice_service.refused"


def test_of_a_registration_by_hand_everything_is_asked_that_its_launches_offer(probing: Probing) -> None:
    probing.answer()
    assert set(probing(service_scopes=())) == {Seen.KEYS, Seen.TOKEN, Seen.ROSTER, Seen.NOTICES}
    probing.offered = ()
    probing.courses = [replace(COURSE, service_scopes=(c.SCOPE_LINEITEM,))]
    assert set(probing(service_scopes=())) == {Seen.KEYS, Seen.TOKEN, Seen.ROSTER, Seen.LINE_ITEMS}
    probing.courses = []
    assert set(probing(service_scopes=())) == {Seen.KEYS}


def test_nothing_is_asked_that_was_not_granted(probing: Probing) -> None:
    probing.answer()
    assert set(probing(service_scopes=(c.SCOPE_ROSTER,))) == {Seen.KEYS, Seen.TOKEN, Seen.ROSTER}


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "body": "secret detail"},
        {"body": "<html>secret detail"},
        {"json": []},
        {"json": {"keys": "none"}},
        {"json": {"keys": []}},
        {"json": {}},
    ],
)
def test_what_is_no_key_set(answer: dict[str, Any], probing: Probing) -> None:
    probing.answer(keys=answer)
    seen = probing()[Seen.KEYS]
    assert (seen.ok, seen.code) == (False, "probe.keys_malformed")
    assert "secret" not in seen.detail


def test_a_key_set_that_does_not_come(probing: Probing) -> None:
    probing.answer(keys={"body": TimeoutError("secret detail")})
    seen = probing()[Seen.KEYS]
    assert not seen.ok
    assert seen.code.startswith("http.")
    assert "secret" not in seen.detail


def test_names_of_keys_are_believed_only_as_names(probing: Probing) -> None:
    odd = [{"kid": 7}, {"kid": "a b"}, {"kid": "x" * 201}, "text", {"kid": "key-2"}]
    probing.answer(keys={"json": {"keys": odd}})
    assert probing()[Seen.KEYS].detail == "key-2"


@pytest.mark.parametrize(("before", "changed"), [("key-0", True), ("key-0 key-1", False), ("", False)])
def test_a_wholly_new_key_set_is_a_rotation(before: str, changed: bool, probing: Probing) -> None:
    probing.answer()
    last = Observation(Seen.KEYS, True, probing.clock.now() - timedelta(days=1), detail=before)
    assert (Seen.KEYS_CHANGED in probing(last)) == changed


def dated(moment: datetime, **more: str) -> dict[str, Any]:
    return {"json": KEY_SET, "headers": {"Date": format_datetime(moment, usegmt=True)} | more}


@pytest.mark.parametrize(
    ("seconds", "ok", "told"),
    [
        (0, True, ""),
        (20, True, "differ by 20 seconds"),
        (-20, True, "differ by 19 seconds"),
        (31, False, "31 seconds ahead of"),
        (-32, False, "31 seconds behind"),
        (86400 * 3650, False, "ahead of"),
    ],
)
def test_the_clock_is_read_from_the_answer(seconds: int, ok: bool, told: str, probing: Probing) -> None:
    probing.answer(keys=dated(probing.clock.now() + timedelta(seconds=seconds)))
    seen = probing()[Seen.CLOCK]
    assert seen.ok == ok
    assert told in seen.detail


def test_the_age_of_a_cached_answer_is_no_skew(probing: Probing) -> None:
    probing.answer(keys=dated(probing.clock.now() - timedelta(hours=1), Age="3600"))
    assert probing()[Seen.CLOCK].ok


@pytest.mark.parametrize("date", ["yesterday", "", "Mon, 99 Foo 2026 00:00:00 GMT"])
def test_a_date_that_is_none_tells_nothing(date: str, probing: Probing) -> None:
    probing.answer(keys={"json": KEY_SET, "headers": {"Date": date}})
    assert Seen.CLOCK not in probing()


REFUSALS = [
    ({"error": "invalid_request"}, 400, "token.refused"),
    ({"error": "invalid_request", "error_description": "JWS signature invalid."}, 400, "token.signature_refused"),
    ({"error": "invalid_request", "error_description": "JWK Error: secret"}, 400, "token.keys_not_fetched"),
    ({"error": "invalid_client", "error_description": "iat must be in the past"}, 401, "token.clock"),
    ({"error": "invalid_client", "error_description": "initiation"}, 401, "token.client_refused"),
    ({"error": "invalid_scope"}, 400, "token.scope_refused"),
    ({"error": ["x"], "error_description": 7}, 400, "token.refused"),
    (["x"], 400, "token.refused"),
    ({"error": "invalid_request"}, 503, "token.unavailable"),
]


@pytest.mark.parametrize(("body", "status", "code"), REFUSALS)
def test_why_there_is_no_token(body: Any, status: int, code: str, probing: Probing) -> None:
    probing.answer(token={"json": body, "status": status})
    found = probing()
    assert (found[Seen.TOKEN].ok, found[Seen.TOKEN].code) == (False, code)
    assert "secret" not in found[Seen.TOKEN].detail
    assert Seen.ROSTER not in found  # which would tell nothing of the roster


@pytest.mark.parametrize(("fetched", "code"), [(True, "token.refused"), (False, "token.keys_not_fetched")])
def test_who_refuses_without_having_looked_at_our_keys_could_not_reach_them(
    fetched: bool, code: str, probing: Probing
) -> None:
    probing.answer(token={"json": {"error": "invalid_request"}, "status": 400})
    probing.fetched = fetched
    assert probing()[Seen.TOKEN].code == code


def test_a_refusal_beside_a_wrong_clock_is_told_as_that(probing: Probing) -> None:
    probing.answer(
        keys=dated(probing.clock.now() - timedelta(minutes=5)),
        token={"json": {"error": "invalid_request"}, "status": 400},
    )
    assert probing()[Seen.TOKEN].code == "token.clock"


def test_a_service_that_is_refused_or_elsewhere(probing: Probing) -> None:
    probing.answer(members={"status": 403, "body": "secret detail"}, items={"status": 500})
    found = probing()
    assert (found[Seen.ROSTER].ok, found[Seen.ROSTER].code) == (False, "nrps.refused")
    assert (found[Seen.LINE_ITEMS].ok, found[Seen.LINE_ITEMS].code) == (False, "gradebook.unavailable")
    assert "secret" not in found[Seen.ROSTER].detail
