"""The operator's pages for registering by hand in a real browser: rules of accessibility, width, and copying."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from lti_tool.domain.platform import RegistrationState
from lti_tool.usecases.ports import RefusedEvent
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.admin.guides import GUIDES
from tests.e2e.looking import Inspector
from tests.factories.house import REGISTRATION
from tests.functional.web.conftest import ADMIN_TOKEN, Site
from tests.functional.web.test_admin import change
from tests.functional.web.test_admin_by_hand import VALUES
from tests.functional.web.test_admin_events import set_aside

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.timeout(180)]
WIDTHS = (374, 885, 1280)


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint,)


@pytest.fixture
def desk(site: Site, browser: Browser) -> Iterator[Page]:
    """Signed in, at the list of platforms."""
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto(f"http://localhost:{server.server_port}/admin")
    page.fill("#token", ADMIN_TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_have_text("Platforms")
    yield page
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_pages_by_hand_keep_the_rules(site: Site, desk: Page) -> None:
    inspector = Inspector()
    inspector.listen(desk)
    desk.goto(desk.url + "/by-hand")
    inspector.window(desk, "begin-by-hand", WIDTHS)
    for guide in GUIDES:
        desk.goto(desk.url.partition("/admin")[0] + "/admin/by-hand")
        desk.fill("#name", f"Platform of {guide.name}")
        desk.select_option("#product", guide.code)
        desk.get_by_role("button", name="Continue").click()
        expect(desk.locator("h1")).to_contain_text("values of both sides")
        inspector.window(desk, f"by-hand-{guide.code or 'other'}", WIDTHS)
    desk.get_by_role("button", name="Save and connect").click()
    expect(desk.locator("[role=alert]")).to_contain_text("Nothing was saved")
    inspector.window(desk, "by-hand-refused", WIDTHS)
    for name, text in VALUES.items():
        desk.fill(f"#{name}", text)
    desk.get_by_role("button", name="Save and connect").click()
    expect(desk.locator("#status")).to_contain_text("connected")
    inspector.window(desk, "platform-entered", WIDTHS)
    home = desk.url.partition("/admin")[0]
    sentence = "The platform left out custom fields, by which accounts are matched: canvas_course_id, canvas_user_id."
    change(site, differences=(sentence,) * 2, environment="beta", issuing=False, state=RegistrationState.PENDING)
    desk.goto(f"{home}/admin/platforms/{REGISTRATION}")
    expect(desk.locator("#differences")).to_contain_text("canvas_user_id")
    inspector.window(desk, "platform-differences", WIDTHS)
    with site.course.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        unit.registrations.save(replace(held, id="begun", issuer="", client_id="", name="Begun", product="canvas"))
        unit.commit()
    desk.goto(f"{home}/admin/platforms/begun")
    inspector.window(desk, "platform-begun", WIDTHS)
    desk.goto(f"{home}/admin")
    inspector.window(desk, "overview", WIDTHS)
    desk.goto(f"{home}/admin/connect")
    inspector.window(desk, "connect", WIDTHS)
    desk.fill("#name", "Moodle of Arts")
    desk.get_by_role("button", name="Make the link").click()
    expect(desk.locator("#ends-at")).to_contain_text("UTC")
    inspector.window(desk, "invitation", WIDTHS)
    assert inspector.complaints == [], "\n".join(inspector.complaints)


def test_the_key_for_canvas_is_copied_whole(desk: Page) -> None:
    desk.goto(desk.url + "/by-hand")
    desk.fill("#name", "Canvas")
    desk.select_option("#product", "canvas")
    desk.get_by_role("button", name="Continue").click()
    desk.get_by_role("button", name="Copy LTI 1.3 configuration (JSON)").click()
    expect(desk.locator("#status")).to_have_text("Copied.")
    shown = desk.locator("textarea[readonly]").input_value()
    assert desk.evaluate("window.getSelection().toString()") == shown


def test_the_page_of_events_and_the_halted_site_keep_the_rules(site: Site, desk: Page) -> None:
    inspector = Inspector()
    inspector.listen(desk)
    set_aside(site)
    long = RefusedEvent("webhook", "e" * 200, "event.malformed", "It cannot be understood.", "x" * 3000)
    site.course.house.ingest.refuse(REGISTRATION, [long])
    site.course.hear(site.course.score("nobody", 50.0))
    site.course.work()
    desk.goto(f"{desk.url}/platforms/{REGISTRATION}/events")
    inspector.window(desk, "events", WIDTHS)
    desk.get_by_text("What was sent").click()
    inspector.window(desk, "events-open", WIDTHS)
    desk.goto(desk.url.partition("/admin")[0] + "/admin")
    desk.get_by_role("button", name="Halt issuing").click()
    expect(desk.get_by_role("heading", name="Issuing is halted")).to_be_visible()
    inspector.window(desk, "halted", WIDTHS)
    assert inspector.complaints == [], "\n".join(inspector.complaints)
