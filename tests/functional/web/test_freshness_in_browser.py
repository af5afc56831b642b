"""The pages of freshness in a real browser: rules of accessibility, and width."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.domain.circuit import Circuit
from lti_tool.web.admin import make_blueprint as admin_blueprint
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.e2e.looking import Inspector
from tests.factories.house import REGISTRATION
from tests.functional.web.conftest import Site
from tests.functional.web.freshness_scene import stale_course
from tests.functional.web.test_admin_in_browser import WIDTHS, desk  # noqa: F401  (a fixture)
from tests.functional.web.test_instructor_in_browser import enter

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.timeout(180)]


@pytest.fixture
def blueprint_makers():
    return (learner_blueprint, instructor_blueprint, admin_blueprint)


def test_pages_of_freshness_keep_the_rules(site: Site, desk: Page) -> None:  # noqa: F811
    stale_course(site)
    inspector = Inspector()
    inspector.listen(desk)
    address = desk.url.partition("/admin")[0]
    desk.goto(f"{address}/admin/platforms/{REGISTRATION}")
    desk.get_by_role("link", name="How fresh each course is").click()
    expect(desk.locator("h1")).to_have_text("How fresh Example LMS is")
    inspector.window(desk, "freshness-admin", WIDTHS)
    enter(site, address, desk, "/badges")
    inspector.window(desk, "freshness-course", WIDTHS)
    desk.get_by_role("button", name="How fresh is this?").click()
    expect(desk.locator("h1")).to_have_text("How fresh this course is")
    inspector.window(desk, "freshness-readings", WIDTHS)
    enter(site, address, desk, "/badges?done=too-soon")
    expect(desk.get_by_role("status")).to_contain_text("less than a minute ago")
    inspector.window(desk, "freshness-too-soon", WIDTHS)
    now = site.course.clock.now()
    with site.course.house.transactions() as unit:
        unit.circuits.save(Circuit(REGISTRATION, 5, now, "gradebook.unavailable", now + timedelta(minutes=2)))
        unit.commit()
    desk.goto(f"{address}/admin")
    expect(desk.get_by_text("Example LMS does not answer.")).to_be_visible()
    inspector.window(desk, "health-not-answering", WIDTHS)
    assert inspector.complaints == []
