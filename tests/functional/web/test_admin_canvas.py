"""Canvas: second key. Three steps, a consent that belongs to one session, a test, and nothing secret on any page."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from lti_tool.db.sealing import Sealer
from lti_tool.domain.aliases import CourseAlias, CourseAliasKind
from lti_tool.sources.canvas_rest import SCOPES
from lti_tool.usecases.connect_canvas import STATE_LIFE
from lti_tool.usecases.ports import ApiGrant
from lti_tool.web.admin import make_blueprint as admin_blueprint
from tests.factories.canvas import seeded
from tests.factories.house import BASE_URL, REGISTRATION
from tests.fakes.canvas import COURSE, URL, FakeCanvas, response
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab
from tests.functional.web.test_admin import PLATFORM, change, signed_in

PAGE = f"{PLATFORM}/canvas"
KEY = {"canvas_url": URL, "client_id": "10000000000007", "client_secret": "the-key-of-canvas"}
RETURN = f"{BASE_URL}/admin/canvas/return"


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint,)


@pytest.fixture
def outgoing_http() -> FakeCanvas:
    return seeded(FakeCanvas(lambda: datetime(2026, 9, 1, tzinfo=UTC)))


def entered(site: Site) -> Tab:
    change(site, product="canvas")
    return signed_in(site).get(PAGE).press("Save", KEY)


def consent(tab: Tab) -> dict[str, str]:
    """What the browser would take to Canvas."""
    tab.get(PAGE)
    link = tab.page.by_id("allow-canvas") or tab.page.find(lambda one: one.text == "Allow it anew in Canvas")
    assert link is not None
    answer = tab.client.get(link.get("href"))
    assert answer.status_code == 303
    parts = urlsplit(answer.location)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{URL}/login/oauth2/auth"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def come_back(tab: Tab, **given: str) -> Tab:
    return tab.get("/admin/canvas/return?" + "&".join(f"{name}={value}" for name, value in given.items()))


def allowed(site: Site) -> Tab:
    tab = entered(site)
    return come_back(tab, state=consent(tab)["state"], code="the-code")


def grant(site: Site) -> ApiGrant | None:
    with site.course.house.transactions(write=False) as unit:
        return unit.api_grants.get(REGISTRATION)


def code_of(tab: Tab) -> tuple[int, str]:
    return tab.status, tab.text


def test_the_second_key_is_set_up_in_three_steps(site: Site, outgoing_http: FakeCanvas) -> None:
    with site.course.house.transactions() as unit:
        unit.courses.save_aliases(site.course.course, [CourseAlias(CourseAliasKind.LMS_COURSE_ID, COURSE)])
        unit.commit()
    change(site, product="canvas")
    tab = signed_in(site).get(PLATFORM).follow("Canvas: second key")
    for scope in SCOPES:
        assert scope in tab.text
    assert tab.field("canvas_url").get("value") == "https://lms.example.edu"  # where its launches say that it is
    redirect_uri = tab.page.by_id("redirect-uri")
    assert redirect_uri is not None
    assert redirect_uri.get("value") == RETURN
    tab.press("Save", KEY)
    assert "Not allowed yet" in tab.text
    asked = consent(tab)
    assert (asked["client_id"], asked["response_type"], asked["redirect_uri"]) == (KEY["client_id"], "code", RETURN)
    assert asked["scope"].split() == list(SCOPES)
    come_back(tab, state=asked["state"], code="the-code")
    assert tab.path == PAGE
    assert "Canvas has allowed it" in tab.text
    held = grant(site)
    assert held is not None
    assert (held.access_token, held.refresh_token, held.is_open) == ("access-1", "refresh-1", True)
    [sent] = outgoing_http.posted
    assert (sent["grant_type"], sent["client_secret"], sent["redirect_uri"]) == (
        "authorization_code", KEY["client_secret"], RETURN,
    )  # fmt: skip
    tab.press("Test")
    assert "the key may read all that is needed" in tab.text
    assert "Works" in tab.get(PLATFORM).text


def test_the_test_names_the_scope_and_the_switch_that_are_missing(site: Site, outgoing_http: FakeCanvas) -> None:
    with site.course.house.transactions() as unit:
        unit.courses.save_aliases(site.course.course, [CourseAlias(CourseAliasKind.LMS_COURSE_ID, COURSE)])
        unit.commit()
    tab = allowed(site)
    outgoing_http.missing_scopes = {"outcome_results", "modules"}
    tab.press("Test")
    for scope in ("outcome_results", "modules"):
        assert f"url:GET|/api/v1/courses/:course_id/{scope}" in tab.text
    assert "assignment_groups (for" not in tab.text
    outgoing_http.missing_scopes.clear()
    outgoing_http.includes_allowed = False
    tab.press("Test")
    assert "“Allow Include Parameters” is off" in tab.text
    assert "Fails" in tab.get(PLATFORM).text


def test_no_secret_is_on_a_page_or_in_an_address(site: Site, outgoing_http: FakeCanvas) -> None:
    tab = allowed(site)
    seen = tab.response.text + tab.get(PLATFORM).response.text + tab.get(PAGE).response.text
    for secret in (KEY["client_secret"], "access-1", "refresh-1"):
        assert secret not in seen
    assert all("secret" not in one.address and KEY["client_secret"] not in one.address for one in outgoing_http.asked)


@pytest.mark.parametrize("state", ["", "made-up"])
def test_an_answer_that_was_not_asked_for_is_refused(site: Site, state: str, outgoing_http: FakeCanvas) -> None:
    tab = entered(site)
    consent(tab)
    come_back(tab, state=state, code="the-code")
    assert tab.status == 403
    assert "canvas.state_invalid" in tab.text
    assert outgoing_http.posted == []


def test_a_state_counts_once_for_its_session_and_for_ten_minutes(site: Site, outgoing_http: FakeCanvas) -> None:
    tab = entered(site)
    other = signed_in(site)
    come_back(other, state=consent(tab)["state"], code="the-code")
    assert other.status == 403
    state = consent(tab)["state"]
    site.course.clock.pass_time(seconds=STATE_LIFE.total_seconds())
    assert come_back(tab, state=state, code="the-code").status == 403
    state = consent(tab)["state"]
    assert come_back(tab, state=state, code="the-code").status == 200
    assert come_back(tab, state=state, code="the-code").status == 403
    assert len(outgoing_http.posted) == 1
    assert Tab(site.app.test_client()).get(f"/admin/canvas/return?state={state}&code=x").path == "/admin/sign-in"


def test_a_key_that_was_changed_meanwhile_gets_no_code(site: Site, outgoing_http: FakeCanvas) -> None:
    """The code would go to another server."""
    tab = entered(site)
    state = consent(tab)["state"]
    other = {"canvas_url": "https://other.example", "client_id": "5", "client_secret": "another"}
    tab.get(PAGE).press("Save", other)
    assert come_back(tab, state=state, code="the-code").status == 403
    assert outgoing_http.posted == []


@pytest.mark.parametrize(("given", "code"), [
    ({"error": "access_denied"}, "canvas.consent_denied"),
    ({"code": "another-code"}, "canvas.access_withdrawn"),
    ({}, "canvas.consent_denied"),
])  # fmt: skip
def test_what_canvas_refuses_is_said_and_can_be_begun_again(site: Site, given: dict[str, str], code: str) -> None:
    tab = entered(site)
    come_back(tab, state=consent(tab)["state"], **given)
    assert tab.status >= 400
    assert code in tab.text
    held = grant(site)
    assert held is not None
    assert not held.is_open
    come_back(tab.get(PAGE), state=consent(tab.get(PAGE))["state"], code="the-code")
    assert tab.path == PAGE


@pytest.mark.parametrize("values", [
    {"canvas_url": ""}, {"canvas_url": "school"}, {"canvas_url": "https://a.example/?x=1"}, {"client_id": ""},
    {"client_secret": ""},
])  # fmt: skip
def test_what_is_missing_is_said_beside_its_field(site: Site, values: dict[str, str]) -> None:
    change(site, product="canvas")
    tab = signed_in(site).get(PAGE).press("Save", KEY | values)
    (name,) = values
    assert tab.status == 422
    assert tab.page.by_id(f"{name}-error") is not None
    assert KEY["client_secret"] not in tab.response.text
    assert grant(site) is None


def test_a_key_is_kept_for_its_own_address_alone(site: Site) -> None:
    tab = entered(site)
    tab.press("Save", {"client_secret": ""})
    held = grant(site)
    assert held is not None
    assert held.client_secret == KEY["client_secret"]
    for other in ({"canvas_url": "https://evil.example"}, {"client_id": "10000000000008"}):
        assert tab.get(PAGE).press("Save", {"client_secret": ""} | other).status == 422
    assert grant(site) == held


def test_reading_is_stopped_and_the_key_forgotten(site: Site) -> None:
    tab = allowed(site).press("Stop reading and forget the key")
    assert grant(site) is None
    assert "Not set up" in tab.text
    assert "Not switched on" in tab.get(PLATFORM).text


def test_tokens_are_sealed_at_rest(site: Site) -> None:
    house = site.course.house
    sealed = type(house.transactions)(
        house.engine, house.clock, sealer=Sealer(b"a-secret-of-more-than-32-characters-x")
    )
    secrets = ("key-text", "access-text", "refresh-text")
    with sealed() as unit:
        unit.api_grants.save(ApiGrant(REGISTRATION, URL, "7", *secrets))
        unit.commit()
    with house.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT client_secret, access_token, refresh_token FROM api_grants").one()
    assert all(text.startswith("sealed:v1:") for text in row)
    with sealed(write=False) as unit:
        opened = unit.api_grants.get(REGISTRATION)
    assert opened is not None
    assert (opened.client_secret, opened.access_token, opened.refresh_token) == secrets
    assert not any(secret in repr(opened) for secret in secrets)


def test_another_tenants_platform_is_not_there(site: Site) -> None:
    change(site, tenant_id="other")
    tab = signed_in(site)
    assert tab.get(PAGE).status == 404
    assert tab.client.get(f"{PAGE}/allow").status_code == 404


def test_what_canvas_says_while_it_is_away_is_no_consent(site: Site, outgoing_http: FakeCanvas) -> None:
    tab = entered(site)
    state = consent(tab)["state"]
    outgoing_http.post = lambda *_, **__: response(503, "down")  # type: ignore[method-assign]
    assert come_back(tab, state=state, code="the-code").status == 502
    held = grant(site)
    assert held is not None
    assert not held.is_open


def test_a_key_without_the_extra_scopes_is_asked_for_less_and_one_without_others_is_refused(site: Site) -> None:
    tab = entered(site)
    asked = consent(tab)
    answer = tab.client.get(f"/admin/canvas/return?state={asked['state']}&error=invalid_scope")
    assert answer.status_code == 303
    again = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
    extras = ("groups", "content_migrations", "content_migrations/:id/asset_id_mapping")
    assert set(asked["scope"].split()) - set(again["scope"].split()) == {
        f"url:GET|/api/v1/courses/:course_id/{name}" for name in extras
    }
    assert len(again["scope"].split()) == 6
    # The first step is over, and there is nothing more to leave out.
    assert come_back(tab, state=asked["state"], error="invalid_scope").status == 403
    refused = come_back(tab, state=again["state"], error="invalid_scope")
    assert (refused.status, "canvas.consent_denied" in refused.text) == (409, True)
    state = consent(tab)["state"]
    answer = tab.client.get(f"/admin/canvas/return?state={state}&error=invalid_scope")
    state = parse_qs(urlsplit(answer.location).query)["state"][0]
    assert "Canvas has allowed it" in come_back(tab, state=state, code="the-code").text
