"""Cards from the picker to the learner: what it costs to place one, what it opens, and who may frame it.

Counted as in test_teacher_effort.py. The targets of the design: at most 3 clicks and no field in a picker that fits
770 x 580; one click from the course to what is missing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.demo.chapters import teaching
from lti_tool.demo.scene import BADGE, CARD, Scene
from tests.e2e.connected import connected, play
from tests.e2e.looking import FRAME, Inspector

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.slow, pytest.mark.timeout(180)]

WIDTH, HEIGHT = 770, 580


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A course with a live badge."""
    with connected(tmp_path) as scene:
        play(scene, teaching)
        yield scene


def come(browser: Browser, scene: Scene, person: str, inspector: Inspector | None = None) -> Page:
    """Somebody's window, at the course page of the practice LMS."""
    context = browser.new_context(viewport={"width": 911, "height": 1600})
    context.set_default_timeout(15_000)
    page = context.new_page()
    if inspector:
        inspector.listen(page)
    page.goto(scene.place.lms_url)
    page.click(f"#be-{person}")
    page.goto(f"{scene.place.lms_url}/course")
    return page


def tool(page: Page) -> FrameLocator:
    frame = page.frame_locator(f"#{FRAME}")
    expect(frame.locator("main h1")).not_to_have_text("Opening LTI Badges")
    return frame


def open_card(page: Page, scene: Scene, title: str) -> FrameLocator:
    """One click in the course."""
    page.goto(f"{scene.place.lms_url}/course")
    page.get_by_role("link", name=title, exact=True).first.click()
    return tool(page)


def test_teacher_places_a_card_with_few_clicks(browser: Browser, scene: Scene) -> None:
    inspector = Inspector()
    teacher = come(browser, scene, "teacher", inspector)
    teacher.click("#add-from-badges")
    frame = tool(teacher)
    framed = teacher.frame(name=FRAME)
    assert framed is not None
    outside = teacher.evaluate("window.innerWidth") - framed.evaluate("window.innerWidth")
    teacher.set_viewport_size({"width": WIDTH + outside, "height": 1200})
    assert framed.evaluate("window.innerWidth") == WIDTH
    assert framed.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert framed.evaluate("document.body.scrollHeight") <= HEIGHT
    button = frame.get_by_role("button", name="Place in the course")
    box = button.bounding_box()
    top = teacher.locator(f"#{FRAME}").bounding_box()
    assert box
    assert top
    assert box["y"] + box["height"] - top["y"] <= HEIGHT
    assert frame.locator("input:not([type=checkbox]):not([type=radio]):not([type=hidden]), textarea").count() == 0
    clicks = 0
    for what in (frame.get_by_label("Badges: my progress"), button):
        what.click()
        clicks += 1
    expect(teacher.locator("#placed-links")).to_contain_text("Badges: my progress")
    assert clicks <= 3
    assert inspector.complaints == []


def test_cards_show_each_person_what_is_hers(browser: Browser, scene: Scene) -> None:
    inspector = Inspector()
    look = inspector.frame
    teacher = come(browser, scene, "teacher", inspector)
    teacher.click("#add-from-badges")
    frame = tool(teacher)
    look(teacher, "picker-one-badge")
    frame.get_by_label("Badges: my progress").check()
    frame.get_by_label("My badges").check()
    frame.get_by_role("button", name="Place in the course").press("Enter")
    expect(teacher.locator("#placed-links")).to_contain_text("Badges: my progress")
    frame = open_card(teacher, scene, CARD)
    expect(frame.locator("h1")).to_have_text(BADGE)
    frame = open_card(teacher, scene, "Badges: my progress")
    expect(frame.locator("h1")).to_have_text("Progress with badges")
    look(teacher, "card-progress-teacher")

    early = come(browser, scene, scene.early.user_id, inspector)
    frame = open_card(early, scene, CARD)
    expect(
        frame.get_by_role("link", name="Open my badge").or_(frame.get_by_role("button", name="Open my badge"))
    ).to_be_visible()
    look(early, "card-earned")
    frame = open_card(early, scene, "Badges: my progress")
    expect(frame.get_by_text("1 of 1 badge earned")).to_be_visible()
    look(early, "card-progress-earned")

    _who_has_not_earned_it(browser, scene, inspector)
    assert inspector.complaints == [], "\n".join(inspector.complaints)


def _who_has_not_earned_it(browser: Browser, scene: Scene, inspector: Inspector) -> None:
    look = inspector.frame
    learner = come(browser, scene, scene.earner.user_id, inspector)
    frame = open_card(learner, scene, "Badges: my progress")
    expect(frame.get_by_text("0 of 1 badge earned")).to_be_visible()
    look(learner, "card-progress")
    framed = learner.frame(name=FRAME)
    assert framed is not None
    framed.goto(f"{framed.url.partition('/my')[0]}/my/cards/gone")
    expect(frame.locator("h1")).to_have_text("There is no such badge in this course.")
    look(learner, "card-of-nothing")
    frame.get_by_text("Back to the badges").press("Enter")
    expect(frame.locator("h1")).to_have_text("My progress")
    frame = open_card(learner, scene, CARD)
    expect(frame.locator("h1")).to_have_text(BADGE)
    expect(frame.get_by_text("Next:")).to_be_visible()
    look(learner, "card-open")
    # She does the work elsewhere; the open card tells it by itself.
    scene.earner.come_in()
    scene.earner.do_module_1(right=4)
    expect(frame.locator("#status")).to_contain_text(f"You earned “{BADGE}”", timeout=10_000)
    expect(frame.get_by_text("Being signed")).to_have_count(0, timeout=10_000)
    look(learner, "card-just-earned")


def test_page_of_somebody_else_shows_nothing_of_it_in_a_frame(browser: Browser, scene: Scene) -> None:
    """Case AZ13 with a browser: the answer reaches it, and it shows nothing."""
    learner = come(browser, scene, scene.early.user_id)
    learner.click("#menu-badges")
    expect(tool(learner).locator("h1")).to_have_text("My badges")
    framed = learner.frame(name=FRAME)
    assert framed is not None
    blocked = bait(learner, framed.url)
    assert blocked.failures == ["net::ERR_BLOCKED_BY_RESPONSE"]
    assert "badge" not in blocked.text.lower()
    # The control: a page that says nothing of anybody may stand in any frame, and does.
    expired = bait(learner, f"{framed.url.partition('/s/')[0]}/s/{'0' * 32}/my")
    assert expired.failures == []
    assert "This page has expired." in expired.text


@dataclass
class Bait:
    """What a frame on a page of somebody else came to hold."""

    text: str
    failures: list[str]


def bait(victim: Page, address: str) -> Bait:
    """The same browser at another origin, which frames an address of the tool. A server of its own: Chromium does
    not let a page from nowhere reach into this machine."""
    html = f'<!doctype html><title>Win a badge</title><iframe name="bait" src="{address}"></iframe>'.encode()

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Trap) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page, failures = victim.context.new_page(), []
        page.on("requestfailed", lambda request: failures.append(request.failure) if request.url == address else None)
        page.goto(f"http://127.0.0.1:{server.server_port}/", wait_until="networkidle")
        framed = page.frame(name="bait")
        assert framed is not None
        held = Bait(framed.content(), failures)
        server.shutdown()
    return held
