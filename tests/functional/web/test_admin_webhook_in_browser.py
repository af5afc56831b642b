"""Secrets of webhooks and the senders to copy in a real browser: rules of accessibility and width."""

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


def test_a_secret_is_made_and_a_sender_found(site: Site, desk: Page) -> None:  # noqa: F811
    inspector = Inspector()
    inspector.listen(desk)
    platform = f"{desk.url}/platforms/{REGISTRATION}"
    desk.goto(platform)
    desk.get_by_role("button", name="Make a secret").click()
    assert desk.locator("#made input").nth(1).input_value().startswith("whsec_")
    inspector.window(desk, "webhook-made", WIDTHS)
    desk.goto(platform)
    expect(desk.get_by_text("not heard yet")).to_have_count(1)
    inspector.window(desk, "webhook-listed", WIDTHS)
    desk.get_by_role("link", name="Senders to copy").click()
    expect(desk.locator("h1")).to_have_text("Senders of webhooks")
    inspector.window(desk, "webhook-recipes", WIDTHS)
    assert inspector.complaints == []
