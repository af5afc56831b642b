"""DR01 to DR07: requests for deep links that cannot be answered, and answers that must not go out. Whole tool."""

from __future__ import annotations

import re
import threading
from typing import Any

import jwt
import pytest
from pylti1p3.deep_link import DeepLink
from werkzeug.test import TestResponse

from lti_tool.lti import claims as c
from tests.factories.house import BASE_URL, DEPLOYMENT, REGISTRATION
from tests.factories.whole_site import ASSISTANT, DEEP_LINKING, INSTRUCTOR, LEARNER, TEST_USER, Launched, WholeSite
from tests.fakes.lti_platform import GONE

row = pytest.mark.row
ISSUER, RETURN_URL = "https://lms.example.edu", DEEP_LINKING["deep_link_return_url"]
ANSWER = re.compile(r'<form id="deep-linking-answer" method="post" action="([^"]+)">\s*<input[^>]*value="([^"]+)"')


def request(**settings: Any) -> dict[str, Any]:
    """The claims of a Deep Linking request; a setting changed to GONE is left out."""
    kept = {name: value for name, value in (DEEP_LINKING | settings).items() if value is not GONE}
    return {c.MESSAGE_TYPE: "LtiDeepLinkingRequest", c.RESOURCE_LINK: GONE, c.DEEP_LINKING_SETTINGS: kept}


def picking(site: WholeSite, *roles: str, **settings: Any) -> Launched:
    return site.launch("ines", *(roles or (INSTRUCTOR,)), **request(**settings))


def place(person: Launched, *choices: str, **more: str) -> TestResponse:
    return person.post("/pick/place", choice=list(choices), **more)


def answer(site: WholeSite, page: TestResponse) -> dict[str, Any]:
    """The claims of the answer on a page, read by the keys that the tool publishes, as a platform would."""
    found = ANSWER.search(page.text)
    assert found, page.text
    assert found[1] == RETURN_URL
    keys = jwt.PyJWKSet.from_dict(site.app.test_client().get("/lti/jwks.json").json)
    key = keys[jwt.get_unverified_header(found[2])["kid"]]
    now = int(site.course.clock.now().timestamp())
    unchecked = {"verify_exp": False, "verify_iat": False}  # the test's clock stands elsewhere
    claims: dict[str, Any] = jwt.decode(found[2], key, ["RS256"], audience=ISSUER, options=unchecked)
    assert claims["iat"] <= now < claims["exp"] <= now + 300
    return claims


# ---- DR01 to DR04: requests -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({c.DEEP_LINKING_SETTINGS: GONE}, "dl.settings_missing", marks=row("DR01"), id="no settings"),
        pytest.param({c.DEEP_LINKING_SETTINGS: {}}, "dl.settings_missing", marks=row("DR01"), id="empty settings"),
        pytest.param(request(deep_link_return_url=GONE), "dl.return_url_missing", marks=row("DR02"), id="no address"),
        pytest.param(request(deep_link_return_url=""), "dl.return_url_missing", marks=row("DR02"), id="empty address"),
        *(
            pytest.param(request(deep_link_return_url=address), "dl.return_url_unsafe", marks=row("DR03"), id=name)
            for name, address in {
                "plain http": "http://lms.example.edu/return",
                "script": "javascript:alert(1)",
                "data": "data:text/html,x",
                "markup": 'https://lms.example.edu/"><script>alert(1)</script>',
                "line break": "https://lms.example.edu/a\r\nSet-Cookie: a=b",
                "another user": "https://lms.example.edu@evil.example/",
                "backslash": "https:\\\\evil.example/",
                "no text": 7,
            }.items()
        ),
        pytest.param(request(accept_types=["link", "file"]), "dl.type_unsupported", marks=row("DR04"), id="no links"),
        pytest.param(request(accept_types=[]), "dl.type_unsupported", marks=row("DR04"), id="no types"),
    ],
)
def test_request_that_cannot_be_answered_opens_nothing(site: WholeSite, changes: dict[str, Any], code: str) -> None:
    browser, before, lines = site.app.test_client(), site.rows(), len(site.log)
    refused = site.try_launch(browser, "ines", INSTRUCTOR, **request() | changes)
    page = refused.text
    assert refused.status_code == 400
    assert f'id="refusal-code">{code}<' in page
    assert "<script>alert" not in page
    assert "evil.example" not in page
    after = site.rows()
    # What a login leaves is spent; no course, person or session came of it.
    assert {name for name in before if before[name] != after[name]} <= {"nonces"}
    (line,) = [one for one in site.log[lines:] if one["event"] == "lti.refused"]
    assert (line["code"], line["status"]) == (code, 400)
    assert not any(secret in repr(site.log[lines:]) for secret in site.secrets)
    assert f'id="correlation-id">{line["correlation_id"]}<' in page


# ---- DR05: who may ----------------------------------------------------------------------------------------------


@row("DR05")
@pytest.mark.parametrize("roles", [(LEARNER,), (LEARNER, TEST_USER), ("urn:unheard-of",)], ids=str)
def test_learner_places_nothing(site: WholeSite, roles: tuple[str, ...]) -> None:
    person = picking(site, *roles)
    for path in ("/", "/pick"):
        site.refused(lambda path=path: person.get(path), "authz.role", 403)  # type: ignore[misc]
    site.refused(lambda: place(person, "my-badges"), "authz.role", 403)


@pytest.mark.parametrize("roles", [(INSTRUCTOR,), (ASSISTANT, INSTRUCTOR)], ids=["instructor", "assistant"])
def test_staff_place_every_kind_of_card(site: WholeSite, roles: tuple[str, ...]) -> None:
    """The positive control of all rows here."""
    person = picking(site, *roles)
    assert person.first.request.path == person.path("/pick")
    claims = answer(site, place(person, site.lab.id, "progress", "my-badges", column="1"))
    assert claims["iss"] == "client-1"
    assert claims[c.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    assert (claims[c.VERSION], claims[c.DEPLOYMENT_ID]) == ("1.3.0", DEPLOYMENT)
    assert claims[c.DEEP_LINKING_DATA] == "what-the-platform-keeps"
    items = claims[c.CONTENT_ITEMS]
    assert {item["type"] for item in items} == {"ltiResourceLink"}
    assert {item["url"] for item in items} == {f"{BASE_URL}/lti/{REGISTRATION}/launch"}
    assert [item["custom"] for item in items] == [{"badge": site.lab.id}, {"card": "progress"}, {"card": "my-badges"}]
    assert [item.get("lineItem", {}).get("resourceId") for item in items] == [site.lab.id, None, None]
    for item, place_of in zip(items, (f"/my/cards/{site.lab.id}", "/my/progress", "/my"), strict=True):
        launched = site.launch("ana", **{c.CUSTOM: item["custom"]})
        assert launched.first.request.path == launched.path(place_of)


# ---- DR06: our own answer, read before it goes out --------------------------------------------------------------


@row("DR06")
@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": ["https://other.example"]},
        {"aud": [ISSUER, "https://other.example"]},
        {"iss": "client-2"},
        {c.DEEP_LINKING_DATA: "something else"},
        {c.DEEP_LINKING_DATA: GONE},
        {c.DEPLOYMENT_ID: "2"},
        {c.MESSAGE_TYPE: "LtiResourceLinkRequest"},
        {c.VERSION: "1.1"},
        {"nonce": ""},
        {"exp": 1},
        {"exp": GONE},
        {"exp": 4102444800},
        {"iat": 4102444800},
        {c.CONTENT_ITEMS: [{"type": "html", "html": "<b>x</b>"}]},
        {c.CONTENT_ITEMS: GONE},
    ],
    ids=lambda wrong: next(iter(wrong)).rpartition("/")[2] + "=" + str(next(iter(wrong.values())))[:20],
)
def test_answer_that_a_platform_would_refuse_does_not_go_out(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    """As if the library that writes it had changed: only what it writes is altered, never what reads it."""
    written = DeepLink.encode_jwt

    def altered(self: DeepLink, message: dict[str, Any]) -> str:
        return written(self, {name: value for name, value in (message | wrong).items() if value is not GONE})

    person = picking(site)
    monkeypatch.setattr(DeepLink, "encode_jwt", altered)
    page = site.refused(lambda: place(person, "my-badges"), "dl.reply_invalid", 500)
    assert ANSWER.search(page.text) is None
    # Nothing was used up by it: the next try is answered.
    monkeypatch.setattr(DeepLink, "encode_jwt", written)
    assert answer(site, place(person, "my-badges"))


@row("DR06")
def test_answer_signed_by_a_key_that_is_not_published_does_not_go_out(
    site: WholeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = picking(site)
    encode = DeepLink.encode_jwt

    def resigned(self: DeepLink, message: dict[str, Any]) -> str:
        header = {"kid": jwt.get_unverified_header(encode(self, message))["kid"]}
        return jwt.encode(message, site.platform.key, "RS256", headers=header)

    monkeypatch.setattr(DeepLink, "encode_jwt", resigned)
    site.refused(lambda: place(person, "my-badges"), "dl.reply_invalid", 500)


# ---- DR07: one request, one answer ------------------------------------------------------------------------------


@row("DR07")
@pytest.mark.parametrize("second", ["the same again", "another choice", "cancelling"])
def test_request_is_answered_once(site: WholeSite, second: str) -> None:
    person = picking(site)
    assert answer(site, place(person, site.lab.id))
    again = {"the same again": (site.lab.id,), "another choice": ("my-badges",), "cancelling": ()}[second]
    more = {} if again else {"cancel": "1"}
    page = site.refused(lambda: place(person, *again, **more), "dl.reply_used", 409)
    assert ANSWER.search(page.text) is None
    assert answer(site, place(picking(site), "my-badges"))


@row("DR07")
def test_cancelling_is_an_answer(site: WholeSite) -> None:
    person = picking(site)
    assert answer(site, place(person, site.lab.id, cancel="1"))[c.CONTENT_ITEMS] == []
    site.refused(lambda: place(person, site.lab.id), "dl.reply_used", 409)


@row("DR07")
def test_two_cards_where_the_platform_takes_one(site: WholeSite) -> None:
    person = picking(site, accept_multiple=False)
    page = site.refused(lambda: place(person, site.lab.id, "my-badges"), "dl.reply_used", 422)
    assert ANSWER.search(page.text) is None
    assert len(answer(site, place(person, site.lab.id))[c.CONTENT_ITEMS]) == 1


@row("DR07")
def test_of_many_answers_at_once_one_goes_out(site: WholeSite) -> None:
    person, pages = picking(site), []
    gate = threading.Barrier(6)

    def press() -> None:
        own = site.app.test_client()
        gate.wait()
        pages.append(own.post(person.path("/pick/place"), data={"launch_token": person.token, "choice": "my-badges"}))

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(page.status_code for page in pages) == [200, *[409] * 5]
