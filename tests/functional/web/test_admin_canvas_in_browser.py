"""Canvas: second key in a real browser: rules of accessibility and width in every state of the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.domain.observation import Observation, Seen
from lti_tool.usecases.ports import ApiGrant
from lti_tool.web.admin import make_blueprint as admin_blueprint
from tests.e2e.looking import Inspector
from tests.factories.canvas import seeded
from tests.factories.house import REGISTRATION
from tests.fakes.canvas import FakeCanvas
from tests.functional.web.conftest import Site
from tests.functional.web.test_admin import change
from tests.functional.web.test_admin_in_browser import WIDTHS, desk  # noqa: F401  (a fixture)

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.timeout(180)]
LACKING = "The key lacks the scope url:GET|/api/v1/courses/:course_id/outcome_results (for mastery of outcomes)."


@pytest.fixture
def blueprint_makers():
    return (admin_blueprint,)


@pytest.fixture
def outgoing_http() -> FakeCanvas:
    return seeded(FakeCanvas(lambda: datetime(2026, 9, 1, tzinfo=UTC)))


def allow(site: Site) -> None:
    """As if an administrator had come back from Canvas."""
    with site.course.house.transactions() as unit:
        held = unit.api_grants.get(REGISTRATION)
        assert isinstance(held, ApiGrant)
        now = site.course.clock.now()
        unit.api_grants.save(replace(held, access_token="a", refresh_token="r", granted_at=now))
        unit.observations.note(REGISTRATION, Observation(Seen.CANVAS, True, now, detail="Canvas answers."))
        unit.commit()


def fail(site: Site) -> None:
    with site.course.house.transactions() as unit:
        seen = Observation(Seen.CANVAS, False, site.course.clock.now(), "canvas.scope_missing", LACKING)
        unit.observations.note(REGISTRATION, seen)
        unit.commit()


def test_the_steps_keep_the_rules(site: Site, desk: Page) -> None:  # noqa: F811
    inspector = Inspector()
    inspector.listen(desk)
    change(site, product="canvas")
    platform = f"{desk.url}/platforms/{REGISTRATION}"
    desk.goto(platform)
    desk.get_by_role("link", name="Canvas: second key").click()
    expect(desk.locator("#client_id")).to_be_visible()
    inspector.window(desk, "canvas-key", WIDTHS)
    desk.get_by_role("button", name="Save").click()
    expect(desk.locator("#client_secret-error")).to_be_visible()
    inspector.window(desk, "canvas-key-missing", WIDTHS)
    desk.fill("#canvas_url", "https://canvas.example.edu")
    desk.fill("#client_id", "10000000000007")
    desk.fill("#client_secret", "the-key")
    desk.keyboard.press("Enter")
    expect(desk.locator("#allow-canvas")).to_be_visible()
    inspector.window(desk, "canvas-key-entered", WIDTHS)
    allow(site)
    desk.reload()
    expect(desk.get_by_role("button", name="Test")).to_be_visible()
    inspector.window(desk, "canvas-key-works", WIDTHS)
    desk.goto(platform)
    inspector.window(desk, "canvas-platform", WIDTHS)
    fail(site)
    desk.goto(f"{platform}/canvas")
    expect(desk.get_by_role("alert")).to_contain_text("outcome_results")
    inspector.window(desk, "canvas-key-fails", WIDTHS)
    assert inspector.complaints == []
