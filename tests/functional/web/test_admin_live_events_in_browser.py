"""The page for Canvas Live Events in a real browser: rules of accessibility, width, and addresses to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.web.admin import make_blueprint as admin_blueprint
from tests.e2e.looking import Inspector
from tests.factories.house import REGISTRATION
from tests.functional.web.conftest import Site
from tests.functional.web.test_admin import change
from tests.functional.web.test_admin_in_browser import WIDTHS, desk  # noqa: F401  (a fixture)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.timeout(180)]


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint,)


def test_a_stream_is_made_in_a_browser(site: Site, desk: Page) -> None:  # noqa: F811
    change(site, product="canvas")
    inspector = Inspector()
    inspector.listen(desk)
    desk.goto(f"{desk.url}/platforms/{REGISTRATION}")
    inspector.window(desk, "canvas-platform", WIDTHS)
    desk.click("#set-up-live-events")
    desk.get_by_text("More", exact=True).click()
    inspector.window(desk, "live-events-none", WIDTHS)
    desk.get_by_role("button", name="Make an address").click()
    expect(desk.locator("#address-1")).to_have_value(
        f"https://badges.example.edu/canvas-live-events/{REGISTRATION}/"
        + site.services.source_keys.of_platform(REGISTRATION)[0].key_id
    )
    inspector.window(desk, "live-events-signed", WIDTHS)
    desk.get_by_text("Make an address", exact=True).first.click()
    desk.get_by_label("Not at all").check()
    desk.get_by_role("button", name="Make an address").click()
    expect(desk.locator("#secret-address")).to_be_visible()
    inspector.window(desk, "live-events-secret", WIDTHS)
    desk.get_by_text("Make an address", exact=True).first.click()
    desk.fill("#hosts", "a_b")
    desk.get_by_role("button", name="Make an address").click()
    expect(desk.locator("[role=alert]")).to_contain_text("address of your Canvas")
    inspector.window(desk, "live-events-refused", WIDTHS)
    assert inspector.complaints == []
