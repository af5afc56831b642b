"""No page breaks a rule that axe knows, on a phone or on a desk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.functional.sandbox.browser_pages import SCREENS, Site, become, register
from tests.services.peers import give_up

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.peer("chromium")
AXE = Path(__file__).parents[2] / "peers" / "node_modules" / "axe-core" / "axe.min.js"
# Of what keeps the rules nothing is told, which is most of what there would be to carry over.
_RUN_AXE = "axe.run(document, {iframes: false, resultTypes: ['violations']}).then(found => found.violations)"
PAGES_OF = {
    "admin": ["/admin", "/course"],
    "teacher": ["/course", "/course/gradebook", "/course/gradebook/learner-1", "/course/tools/1"],
    "learner-1": [
        "/course",
        "/course/modules/module-1",
        "/course/activities/reading-rules",
        "/course/activities/quiz-safety",
        "/course/activities/assignment-risk",
        "/course/gradebook",
        "/admin",  # refused: the page that says so
    ],
}


@pytest.fixture
def axe() -> str:
    if not AXE.is_file():
        give_up("axe-core is not installed. To get it: npm ci --prefix tests/peers")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """What axe finds on the page itself; a frame's content is the tool's."""
    page.wait_for_load_state("load")
    page.evaluate(axe)
    found = page.evaluate(_RUN_AXE)
    return [f"{each['id']}: {node['html'][:100]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("screen", SCREENS, ids=["phone", "desktop"])
def test_no_page_breaks_a_rule(browser: Browser, site: Site, screen: dict[str, int], axe: str) -> None:
    page = browser.new_context(viewport=screen).new_page()
    page.goto(site.url)
    broken = {"choose": violations(page, axe)}
    register(page, site)
    become(page, site, "learner-1")
    page.goto(f"{site.url}/course/activities/reading-rules")
    page.click("#mark-done")
    page.wait_for_selector("#mark-not-done")
    for person, paths in PAGES_OF.items():
        become(page, site, person)
        for path in paths:
            page.goto(site.url + path)
            broken[f"{person} {path}"] = violations(page, axe)
    assert {place: found for place, found in broken.items() if found} == {}
