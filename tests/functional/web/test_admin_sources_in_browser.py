"""Credentials of senders in a real browser: rules of accessibility, width, and keys to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.web.admin import make_blueprint as admin_blueprint
from tests.e2e.looking import Inspector
from tests.factories.house import REGISTRATION
from tests.functional.web.conftest import Site
from tests.functional.web.test_admin_in_browser import WIDTHS, desk  # noqa: F401  (a fixture)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.timeout(180)]


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint,)


def test_a_credential_is_made_in_a_browser(site: Site, desk: Page) -> None:  # noqa: F811
    inspector = Inspector()
    inspector.listen(desk)
    platform = f"{desk.url}/platforms/{REGISTRATION}"
    for kind in ("xapi", "caliper"):
        desk.goto(platform)
        desk.get_by_text("Make a credential").first.click()
        desk.select_option("#source-kind", kind)
        inspector.window(desk, f"sources-{kind}", WIDTHS)
        desk.get_by_role("button", name="Make a credential").click()
        expect(desk.locator("#made input").first).to_have_value(f"https://badges.example.edu/{kind}/{REGISTRATION}")
        inspector.window(desk, f"source-made-{kind}", WIDTHS)
    desk.goto(platform)
    expect(desk.get_by_text("not heard yet")).to_have_count(2)
    inspector.window(desk, "sources-listed", WIDTHS)
    desk.get_by_text("Make a credential").first.click()
    desk.fill("#home_page", "")
    desk.get_by_role("button", name="Make a credential").click()
    expect(desk.locator("[role=alert]")).to_contain_text("home page")
    inspector.window(desk, "source-refused", WIDTHS)
    desk.goto(platform)
    desk.get_by_role("button", name="Retire").first.click()
    expect(desk.locator("#status")).to_contain_text("retired")
    assert inspector.complaints == []
