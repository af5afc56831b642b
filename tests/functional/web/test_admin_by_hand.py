"""Registering a platform by hand on the operator's pages: both sides' values, what is refused, changing them later."""

from __future__ import annotations

import json

import pytest

from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.lti.developer_key import developer_key
from lti_tool.lti.settings import LtiSettings
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.admin.guides import GUIDES, Guide
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.protocols.developer_key import developer_key_blueprint
from tests.factories.house import BASE_URL, REGISTRATION
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab
from tests.functional.web.test_admin import PLATFORM, change, registered, signed_in

VALUES = {
    "name": "Moodle of Arts",
    "issuer": "https://moodle.example.edu",
    "client_id": "aBc123",
    "auth_login_url": "https://moodle.example.edu/mod/lti/auth.php",
    "auth_token_url": "https://moodle.example.edu/mod/lti/token.php",
    "jwks_url": "https://moodle.example.edu/mod/lti/certs.php",
    "deployment_ids": "1\n7\n",
}


@pytest.fixture
def blueprint_makers():
    return (
        admin_blueprint,
        instructor_blueprint,
        lambda services: developer_key_blueprint(
            services.find_registration, lambda id_: developer_key(LtiSettings(BASE_URL), id_)
        ),
    )


def begun(site: Site, product: str = "moodle") -> Tab:
    """At the page of both sides' values."""
    tab = signed_in(site).follow("Connect a platform").follow("Connect it by hand")
    return tab.press("Continue", {"name": "Moodle of Arts", "product": product})


def made(site: Site) -> Registration:
    (found,) = (one for one in site.services.platforms.all() if one.id != REGISTRATION)
    return found


def test_both_sides_exchange_their_values(site: Site) -> None:
    tab = begun(site)
    reserved = made(site)
    assert (reserved.state, reserved.issuer, reserved.product) == (RegistrationState.PENDING, "", "moodle")
    shown = [one.get("value") for one in tab.page.all("input")]
    for address in (f"/lti/{reserved.id}/login", f"/lti/{reserved.id}/launch", "/lti/jwks.json"):
        assert BASE_URL + address in shown
    tab.press("Save and connect", VALUES)
    assert "connected with these values" in tab.text
    connected = made(site)
    assert connected.id == reserved.id
    assert (connected.state, connected.approved_at) == (RegistrationState.ACTIVE, site.course.clock.now())
    assert {name: getattr(connected, name) for name in VALUES if name != "deployment_ids"} == {
        name: text for name, text in VALUES.items() if name != "deployment_ids"
    }
    assert (connected.environment, connected.issuing, connected.auth_audience) == ("production", True, "")
    assert site.services.platforms.page(reserved.id).deployments == {"1": "active", "7": "active"}


def test_nothing_launches_before_the_values_are_there(site: Site) -> None:
    begun(site)
    reserved = made(site)
    tab = signed_in(site).get(f"/admin/platforms/{reserved.id}")
    assert "its own values are missing" in tab.text
    assert not tab.has("Approve")
    csrf = tab.field("csrf").get("value")
    refused = tab.client.post(f"/admin/platforms/{reserved.id}/approve", data={"csrf": csrf})
    assert refused.status_code == 409
    assert made(site).state is RegistrationState.PENDING
    assert tab.follow("Enter its values").status == 200


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""), ("name", "x" * 121), ("issuer", ""), ("issuer", "moodle.example.edu"),
        ("issuer", "http://moodle.example.edu"), ("issuer", "https://moodle.example.edu/?a=b"),
        ("issuer", "https://user@moodle.example.edu"), ("client_id", ""), ("client_id", "x" * 256),
        ("auth_login_url", "javascript:alert(1)"), ("auth_token_url", "ftp://moodle.example.edu/t"),
        ("jwks_url", "https://moodle.example.edu:x/"), ("jwks_url", "https://[::1/keys"),
        ("auth_login_url", "http://moodle.example.edu/mod/lti/auth.php"), ("deployment_ids", "ü"),
        ("deployment_ids", "x" * 256), ("environment", "moon"), ("auth_audience", "a b"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_said_beside_its_field(site: Site, field: str, text: str) -> None:
    tab = begun(site)
    csrf = tab.field("csrf").get("value")
    answer = tab.client.post(f"/admin/platforms/{made(site).id}/by-hand", data={"csrf": csrf, **VALUES, field: text})
    assert answer.status_code == 422
    tab._show(answer)
    if field != "environment":
        assert tab.field(field).get("aria-invalid") == "true"
        assert tab.page.by_id(f"{field}-error") is not None
    # What was typed is still there, and nothing is stored.
    assert tab.field("jwks_url" if field != "jwks_url" else "client_id").get("value") != ""
    assert (made(site).issuer, made(site).state) == ("", RegistrationState.PENDING)


def test_a_client_of_another_registration_is_refused(site: Site) -> None:
    held = registered(site)
    tab = begun(site).press("Save and connect", {**VALUES, "issuer": held.issuer, "client_id": held.client_id})
    assert tab.status == 422
    assert "registered here already" in tab.text
    assert made(site).issuer == ""


def test_values_are_changed_later(site: Site) -> None:
    tab = signed_in(site).get(PLATFORM).follow("Compare or change the values")
    assert tab.field("issuer").get("value") == "https://lms.example.edu"
    tab.press("Save", {"client_id": "client-2", "deployment_ids": "2"})
    assert registered(site).client_id == "client-2"
    # A deployment that is not named any more waits to be accepted again.
    assert site.services.platforms.page(REGISTRATION).deployments == {"1": "pending", "2": "active"}


def test_changing_values_does_not_switch_a_platform_on(site: Site) -> None:
    change(site, state=RegistrationState.DISABLED)
    signed_in(site).get(PLATFORM).follow("Compare or change the values").press("Save", {"client_id": "client-2"})
    assert (registered(site).client_id, registered(site).state) == ("client-2", RegistrationState.DISABLED)


@pytest.mark.parametrize(
    ("issuer", "chosen", "environment", "issuing"),
    [
        ("https://canvas.instructure.com", {}, "production", True),
        ("https://canvas.beta.instructure.com", {}, "beta", False),
        ("https://canvas.test.instructure.com", {}, "test", False),
        ("https://canvas.test.instructure.com", {"issuing": "yes"}, "test", True),
        ("https://canvas.school.example", {"environment": "beta"}, "beta", False),
        ("https://canvas.school.example", {"issuing": "no"}, "production", False),
    ],
)
def test_a_copy_for_testing_awards_nothing_unless_somebody_says_so(
    site: Site, issuer: str, chosen: dict[str, str], environment: str, issuing: bool
) -> None:
    begun(site, "canvas").press("Save and connect", {**VALUES, "issuer": issuer, **chosen})
    assert (made(site).environment, made(site).issuing) == (environment, issuing)


def test_awarding_is_switched_on_the_platforms_page(site: Site) -> None:
    tab = signed_in(site).get(PLATFORM).press("Stop awarding badges")
    assert not registered(site).issuing
    assert "nobody is awarded anything" in tab.text
    tab.press("Award badges")
    assert registered(site).issuing


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.code or "other")
def test_every_product_has_a_page_with_its_words(site: Site, guide: Guide) -> None:
    tab = begun(site, guide.code)
    assert tab.status == 200
    for place in (*guide.places, *guide.after):
        assert place in tab.text
    for label, _ in guide.gives:
        assert label in tab.text
    for name, called in guide.asks.items():
        assert f"In {guide.name}: “{called}”" in tab.text
        assert tab.field(name) is not None
    for name, known in guide.known.items():
        assert known in (tab.field(name).get("value"), tab.field(name).text)


def test_canvas_takes_the_key_as_text_or_by_its_address(site: Site) -> None:
    tab = begun(site, "canvas")
    reserved = made(site)
    address = f"/lti/{reserved.id}/canvas.json"
    assert BASE_URL + address in tab.response.text
    answer = site.app.test_client().get(address)
    assert answer.status_code == 200
    key = answer.get_json()
    pasted = tab.page.find(lambda one: one.tag == "textarea" and "canvas-json" in one.get("id"))
    assert pasted is not None
    assert json.loads(pasted.text) == key
    assert key["oidc_initiation_url"] == f"{BASE_URL}/lti/{reserved.id}/login"
    assert key["target_link_uri"] == f"{BASE_URL}/lti/{reserved.id}/launch"
    assert key["public_jwk_url"] == f"{BASE_URL}/lti/jwks.json"
    (extension,) = key["extensions"]
    assert extension["privacy_level"] == "public"
    placed = {(one["placement"], one["message_type"]) for one in extension["settings"]["placements"]}
    assert placed == {
        ("course_navigation", "LtiResourceLinkRequest"),
        ("link_selection", "LtiDeepLinkingRequest"),
        ("assignment_selection", "LtiDeepLinkingRequest"),
    }
    assert key["custom_fields"]["canvas_user_id"] == "$Canvas.user.id"
    assert len(key["scopes"]) == len(set(key["scopes"])) >= 5


def test_nobody_else_has_a_developer_key(site: Site) -> None:
    assert site.app.test_client().get("/lti/nope/canvas.json").status_code == 404


def test_what_the_platform_registered_differently_stays_on_its_page(site: Site) -> None:
    change(site, differences=("The platform will not send names of <b>learners</b>.",))
    tab = signed_in(site).get(PLATFORM)
    assert "registered some things differently" in tab.text
    assert "names of <b>learners</b>" in tab.text
    assert "<b>learners" not in tab.response.text


def test_teachers_of_a_copy_are_told_that_nobody_is_awarded(site: Site) -> None:
    ines = site.open_session("instructor")
    assert "Nobody is awarded a badge here." not in ines.view("/badges").text
    change(site, issuing=False, environment="beta")
    page = ines.view("/badges").text
    assert "Nobody is awarded a badge here." in page
    assert "the beta copy of Example LMS" in page
    change(site, environment="production")
    assert "has switched awarding off" in ines.view("/badges").text


def test_a_refused_form_keeps_what_was_left_to_the_issuer(site: Site) -> None:
    beta = {**VALUES, "issuer": "https://canvas.beta.instructure.com"}
    tab = begun(site, "canvas").press("Save and connect", {**beta, "client_id": ""})
    assert tab.status == 422
    tab.press("Save and connect", {"client_id": "10000000000068"})
    assert (made(site).environment, made(site).issuing) == ("beta", False)
