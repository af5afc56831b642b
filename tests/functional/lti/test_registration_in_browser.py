"""The end of a registration in a real browser: the platform hears that it is over, around the page or behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from lti_tool.demo.waiting import until
from lti_tool.lti.dynamic_registration import RegistrationOutcome
from tests.fakes.lti_platform import BASE_URL, ISSUER, registration
from tests.fakes.lti_stage import Stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.peer("chromium")
REGISTER = f"{BASE_URL}/lti/register/invite?openid_configuration={ISSUER}/config"
LISTENS = "<script>window.heard = []; onmessage = (event) => heard.push([event.origin, event.data.subject]);</script>"
IN_FRAME = f'{LISTENS}<iframe src="{REGISTER}" title="tool"></iframe>'
IN_WINDOW = f"{LISTENS}<button onclick=\"window.open('{{0}}')\">Register</button>"
CLOSED = [[BASE_URL, "org.imsglobal.lti.close"]]


@pytest.fixture
def page(stage: Stage, browser: Browser) -> Page:
    """A browser in which the platform and the tool have their real names."""
    context = browser.new_context()
    context.set_default_timeout(10_000)

    def tool(route: Route) -> None:
        address = urlsplit(route.request.url)
        answer = stage.browser.get(f"{address.path}?{address.query}")
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.data)

    pages = {
        "/frame": IN_FRAME,
        "/window": IN_WINDOW.format(REGISTER),
    }
    context.route(f"{BASE_URL}/**", tool)
    context.route(
        f"{ISSUER}/**",
        lambda route: route.fulfill(content_type="text/html", body=pages[urlsplit(route.request.url).path]),
    )
    return context.new_page()


def _heard(page: Page) -> object:
    return page.evaluate("window.heard")


def test_the_platform_around_the_page_hears_it(stage: Stage, page: Page) -> None:
    stage.outcome = RegistrationOutcome(registration(), ["1"], [])
    page.goto(f"{ISSUER}/frame")
    until(lambda: _heard(page) == CLOSED, within=5, what="the message")


def test_the_platform_that_opened_the_window_hears_it(stage: Stage, page: Page) -> None:
    stage.outcome = RegistrationOutcome(registration(), ["1"], [])
    page.goto(f"{ISSUER}/window")
    page.get_by_role("button").click()
    until(lambda: _heard(page) == CLOSED, within=5, what="the message")


def test_with_differences_the_administrator_reads_first(stage: Stage, page: Page) -> None:
    stage.outcome = RegistrationOutcome(registration(), [], ["The platform will not send names of learners."])
    page.goto(f"{ISSUER}/frame")
    frame = page.frame_locator("iframe")
    expect(frame.locator("#lti-differences")).to_contain_text("names of learners")
    assert _heard(page) == []
    frame.get_by_role("button", name="Finish").click()
    until(lambda: _heard(page) == CLOSED, within=5, what="the message")
