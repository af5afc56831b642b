"""The page for Canvas Live Events: an address for Canvas, what to do there, when it was heard."""

from __future__ import annotations

import pytest

from lti_tool.sources.canvas_live_events import JWKS_URL, Stream
from lti_tool.usecases.ports import SourceCredential
from lti_tool.web.admin import make_blueprint as admin_blueprint
from tests.factories.house import BASE_URL, REGISTRATION
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab
from tests.functional.web.test_admin import PLATFORM, change, signed_in

PAGE = f"{PLATFORM}/live-events"
MAKE = "Make an address"


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint,)


@pytest.fixture
def canvas(site: Site) -> Site:
    change(site, product="canvas")
    return site


def held(site: Site) -> list[SourceCredential]:
    return site.services.source_keys.of_platform(REGISTRATION)


def value(tab: Tab, name: str) -> str:
    field = tab.page.by_id(name)
    assert field is not None
    return str(field.get("value"))


def test_a_signed_stream_is_made_with_what_is_usual(canvas: Site) -> None:
    tab = signed_in(canvas).get(PLATFORM).follow("Set it up")
    assert value(tab, "hosts") == "lms.example.edu"
    assert value(tab, "jwks_url") == JWKS_URL
    tab.press(MAKE)
    (made,) = held(canvas)
    assert Stream.from_json(made.settings) == Stream(hosts=("lms.example.edu",))
    assert value(tab, "address-1") == f"{BASE_URL}/canvas-live-events/{REGISTRATION}/{made.key_id}"
    for told in ("The address is made.", "Sign Payload” on", "grade_change", "not heard yet"):
        assert told in tab.text
    assert made.secret not in tab.response.text
    assert "Signed stream" in tab.get(PLATFORM).text


def test_an_address_with_a_secret_is_shown_once(canvas: Site) -> None:
    tab = signed_in(canvas).get(PAGE).press(MAKE, {"signed": "no"})
    (made,) = held(canvas)
    assert value(tab, "secret-address").endswith(f"/{made.key_id}/{made.secret}")
    assert "Leave “Sign Payload” off" in tab.text
    for page in (PAGE, PLATFORM):
        assert made.secret not in tab.get(page).response.text


def test_when_it_was_heard_and_that_it_is_retired(canvas: Site) -> None:
    tab = signed_in(canvas).get(PAGE).press(MAKE)
    (made,) = held(canvas)
    with canvas.course.house.transactions() as unit:
        unit.source_credentials.touch(made.id, canvas.course.clock.now())
        unit.commit()
    assert "last heard just now" in tab.get(PAGE).text
    tab.press(f"Retire {made.key_id}")
    assert "The credential is retired." in tab.text
    assert held(canvas)[0].retired_at == canvas.course.clock.now()
    assert made.key_id not in tab.get(PAGE).text


@pytest.mark.parametrize(
    ("values", "told"), [({"jwks_url": "keys"}, "key set"), ({"hosts": "a_b"}, "address of your Canvas")]
)
def test_what_cannot_be_is_said_and_nothing_is_made(canvas: Site, values: dict[str, str], told: str) -> None:
    tab = signed_in(canvas).get(PAGE).press(MAKE, values | {"trusts_caliper": "yes"})
    assert (tab.status, held(canvas)) == (422, [])
    alert = tab.page.by_id("stream-error")
    assert alert is not None
    assert told in alert.text
    name, text = next(iter(values.items()))
    assert value(tab, name) == text
    assert "checked" in tab.field("trusts_caliper").attributes


def test_it_is_offered_to_a_canvas_alone(site: Site) -> None:
    assert "Live Events" not in signed_in(site).get(PLATFORM).text


def test_nobody_comes_in_unasked(canvas: Site) -> None:
    tab = signed_in(canvas).get(PAGE)
    stranger = canvas.app.test_client()
    assert stranger.get(PAGE).status_code == 303
    assert stranger.post(PAGE, data={"signed": "yes"}).status_code in (401, 403)
    assert tab.client.post(PAGE, data={"signed": "yes", "csrf": "wrong"}).status_code == 403
    good = {"csrf": tab.field("csrf").get("value")}
    assert tab.client.post("/admin/platforms/made-up/live-events", data=good).status_code == 404
    assert held(canvas) == []
