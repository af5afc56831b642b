"""The pages of the ledger, of versions, of the time machine and of copied courses in Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from werkzeug.serving import make_server

from lti_tool.domain.identity import derived_id
from lti_tool.domain.platform import Activity
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from tests.e2e.looking import Inspector
from tests.factories.house import CONTEXT, DEPLOYMENT, REGISTRATION
from tests.functional.web.conftest import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.peer("chromium")
NEW = "course-2"


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint,)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def enter(site: Site, address: str, page: Page, path: str, context: str = CONTEXT) -> None:
    person = site.open_session("instructor", cookie=False, context=context, custom={"context_id_history": CONTEXT})
    page.set_content(
        f'<form method="post" action="{address}/s/{person.id}{path}">'
        f'<input name="launch_token" value="{person.token}"></form>'
    )
    with page.expect_navigation():
        page.evaluate("document.forms[0].submit()")


def test_they_keep_the_rules(site: Site, address: str, browser: Browser) -> None:
    lab = site.course
    for subject, percent in (("ana", 91.0), ("ben", 85.0)):
        lab.hear(lab.score(subject, percent), lab.module(subject))
    lab.hear(lab.score("cleo", 70.0), lab.module("cleo"))
    lab.work()
    new = derived_id("course", REGISTRATION, DEPLOYMENT, NEW)
    site.open_session("instructor", context=NEW)
    with lab.house.transactions() as unit:
        unit.courses.save_activities(
            new, [Activity("q", "item", "Quiz 1", 100.0), Activity("m", "module", "Week 1")], lab.clock.now()
        )
        unit.commit()
    badge = site.badges["lab"].id
    inspector = Inspector()
    context = browser.new_context(viewport={"width": 885, "height": 661})
    page = context.new_page()
    inspector.listen(page)
    enter(site, address, page, f"/badges/{badge}/edit")
    page.fill("[id='rule.0.minimum']", "65")
    page.click("button[value=replay]")
    page.wait_for_selector("#replay")
    inspector.window(page, "time-machine")
    page.fill("[id='rule.0.minimum']", "90")
    page.click("button[value=save]")
    page.wait_for_selector("#confirm")
    inspector.window(page, "versioning")
    # A rule that is changed once more is asked about once more.
    page.fill("[id='rule.0.minimum']", "88")
    page.wait_for_selector("#confirm", state="detached")
    page.click("button[value=save]")
    page.click("button[value='version:everybody']")
    page.click("text=version 2")
    page.wait_for_selector("h1:text('Versions of')")
    inspector.window(page, "versions")
    enter(site, address, page, f"/badges/{badge}/learners/{lab.people['ana'].id}/ledger")
    inspector.window(page, "ledger")
    enter(site, address, page, "/badges/copied", NEW)
    inspector.window(page, "copied")
    context.close()
    assert inspector.complaints == [], "\n".join(inspector.complaints)
