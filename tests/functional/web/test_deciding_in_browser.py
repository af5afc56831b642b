"""The pages on which people decide, in a browser that keeps no cookie: accessible, wide enough, and they work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.domain.platform import Activity
from tests.e2e.looking import Inspector
from tests.functional.web.conftest import Site
from tests.functional.web.test_award_by_hand import TABLE
from tests.functional.web.test_drift import MODULE, QUIZ, read
from tests.functional.web.test_evidence import BY_LEVELS, SHOWN
from tests.functional.web.test_instructor_in_browser import address, blueprint_makers, enter, page  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.timeout(180)]
WIDTHS = (374, 885)


def test_people_decide_in_a_browser(site: Site, address: str, page: Page) -> None:  # noqa: F811
    inspector = Inspector()
    inspector.listen(page)
    badge = site.course.publish(BY_LEVELS)
    site.open_session("assistant")
    site.open_session().post(f"/my/evidence/{badge.id}/hand-in", piece="Report", **SHOWN)
    read(site, [MODULE, QUIZ, Activity("essay", "item", "Essay", 50.0)])
    read(site, [MODULE, Activity("essay", "item", "Essay", 50.0)])

    enter(site, address, page, "/badges")
    inspector.window(page, "course-to-do", WIDTHS)
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.locator("h1")).to_contain_text("What changed for Lab safety")
    inspector.window(page, "drift", WIDTHS)

    enter(site, address, page, "/badges/reviews")
    inspector.window(page, "reviews", WIDTHS)
    page.get_by_role("button", name=re.compile("^Ana")).click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#points-error")).to_contain_text("Choose a level for “Clarity”.")
    inspector.window(page, "review", WIDTHS)
    page.get_by_role("radio", name="Unclear").check()
    page.get_by_label("Sources of 5").fill("5")
    page.get_by_role("button", name="Ask for more").click()
    page.get_by_label("Your words to the learner").fill("Name your sources.")
    page.get_by_role("button", name="Ask for more").click()
    expect(page.locator("#status")).to_contain_text("asked for more")

    enter(site, address, page, f"/badges/{badge.id}")
    page.get_by_role("checkbox", name="Ben").check()
    inspector.window(page, "badge-with-ticks", WIDTHS)
    page.get_by_role("button", name="Award the ticked learners by hand").click()
    inspector.window(page, "award", WIDTHS)
    enter(site, address, page, f"/badges/{badge.id}/award/table")
    page.set_input_files("#table", {"name": "people.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.get_by_role("button", name="Look at the file").click()
    expect(page.locator("#result")).to_have_text("Who would be awarded")
    inspector.window(page, "award-table", WIDTHS)
    enter(site, address, page, "/badges/people")
    inspector.window(page, "people", WIDTHS)
    ben = site.course.people["ben"].id
    enter(site, address, page, f"/badges/{badge.id}/nominate?person={ben}")
    inspector.window(page, "nominate", WIDTHS)
    assert inspector.complaints == []


def test_learner_reads_and_hands_in_again_in_a_browser(site: Site, address: str, page: Page) -> None:  # noqa: F811
    inspector = Inspector()
    elsewhere = {"type": "badge_held", "achievement": "https://a.example/1"}
    badge = site.course.publish({"type": "any", "parts": [BY_LEVELS, elsewhere]})
    ana = site.open_session()
    ana.post(f"/my/evidence/{badge.id}/hand-in", piece="Report", **SHOWN)
    with site.course.house.transactions(write=False) as unit:
        [nomination] = unit.nominations.of_course(site.course.course.id)
    decision = {"verdict": "more", "words": "Name your sources."}
    site.open_session("instructor").post(f"/badges/reviews/{nomination.id}/decide", **decision)
    enter(site, address, page, "/my", "learner")
    inspector.window(page, "my-badges", WIDTHS)
    page.get_by_role("button", name=re.compile("^Report")).click()
    expect(page.locator("main")).to_contain_text("Name your sources.")
    inspector.window(page, "evidence", WIDTHS)
    enter(site, address, page, "/my/from-elsewhere", "learner")
    page.get_by_role("button", name="Check and hand in").click()
    expect(page.locator("#badge-error")).to_contain_text("There is no badge")
    inspector.window(page, "from-elsewhere", WIDTHS)
    assert inspector.complaints == []
