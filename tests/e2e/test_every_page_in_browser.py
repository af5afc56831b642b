"""Every page of the tool in Chromium, as each person sees it: nothing breaks a rule of axe, is too wide or nameless."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from lti_tool.demo.chapters import teaching
from lti_tool.demo.scene import BADGE, Scene
from lti_tool.demo.servers import DemoPlace, DemoServers, free_ports
from tests.e2e.connected import play
from tests.e2e.looking import FRAME, Inspector

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FrameLocator, Locator, Page

pytestmark = [pytest.mark.peer("chromium"), pytest.mark.slow, pytest.mark.timeout(180)]


class Walk:
    """Somebody goes from page to page, the inspector beside her."""

    def __init__(self, browser: Browser, scene: Scene) -> None:
        self.browser, self.scene, self.inspector = browser, scene, Inspector()

    def window(self) -> Page:
        context = self.browser.new_context(viewport={"width": 911, "height": 900})
        context.set_default_timeout(15_000)
        page = context.new_page()
        self.inspector.listen(page)
        return page

    def be(self, person: str) -> Page:
        """A window in which somebody has come to the practice LMS."""
        page = self.window()
        page.goto(self.scene.place.lms_url)
        page.click(f"#be-{person}")
        return page

    def badges(self, page: Page) -> FrameLocator:
        """The tool from the menu of the course."""
        page.goto(f"{self.scene.place.lms_url}/course")
        page.click("#menu-badges")
        return self.tool(page)

    def tool(self, page: Page) -> FrameLocator:
        frame = page.frame_locator(f"#{FRAME}")
        expect(frame.locator("main h1")).not_to_have_text("Opening LTI Badges")
        return frame


def follow(place: FrameLocator | Page, words: str, heading: str) -> None:
    """Presses a link or a button, and waits for the page that has this heading."""
    press(link(place, words))
    expect(place.locator("h1")).to_contain_text(heading)


def press(what: Locator) -> None:
    """By key: Chromium drops clicks into a frame of another site whose place has just changed, as by the inspector."""
    what.press("Enter")


def link(place: FrameLocator | Page | Locator, words: str) -> Locator:
    """A link or a button: a page without a cookie has buttons only."""
    return place.get_by_role("link", name=words).or_(place.get_by_role("button", name=words)).first


def test_every_page_keeps_the_rules(browser: Browser, tmp_path: Path) -> None:
    port, lms_port = free_ports(2)
    place = DemoPlace(tmp_path / "data", tmp_path / "keys", port, lms_port)
    with DemoServers(place, tmp_path / "logs") as servers:
        walk = Walk(browser, Scene(place, servers))
        for part in (_administrator, _before_there_is_a_badge, _teacher, _learner, _withdrawal, _refusals):
            part(walk)
    assert len(walk.inspector.looked_at) == len(set(walk.inspector.looked_at)) > 30
    assert walk.inspector.complaints == [], "\n".join(walk.inspector.complaints)


def _administrator(walk: Walk) -> None:
    scene, look = walk.scene, walk.inspector.window
    desk = walk.window()
    desk.goto(scene.tool("/admin"))
    look(desk, "admin-sign-in")
    desk.fill("#token", "guess")
    press(link(desk, "Sign in"))
    expect(desk.locator("[role=alert]")).to_be_visible()
    look(desk, "admin-sign-in-wrong")
    desk.fill("#token", scene.place.admin_token_file.read_text().strip())
    follow(desk, "Sign in", "Platforms")
    look(desk, "admin-empty")
    follow(desk, "Connect a platform", "Connect a platform")
    look(desk, "admin-connect")
    desk.fill("#name", "Practice LMS")
    follow(desk, "Make the link", "Registration link for Practice LMS")
    look(desk, "admin-link")

    lms = walk.be("admin")
    lms.fill("#registration-url", desk.input_value("#registration-link"))
    lms.click("#register-tool")
    lms.click("button[name=activate]")
    lms.wait_for_selector("[data-state=active]")

    desk.goto(scene.tool("/admin"))
    look(desk, "admin-pending")
    follow(desk, "Practice LMS", "Practice LMS")
    look(desk, "admin-platform-pending")
    press(link(desk, "Approve"))
    expect(desk.get_by_text("Active").first).to_be_visible()
    look(desk, "admin-platform")
    _issuers(walk, desk)


def _issuers(walk: Walk, desk: Page) -> None:
    look = walk.inspector.window
    follow(desk, "Who issues for this platform", "Who issues")
    look(desk, "admin-who-issues")
    follow(desk, "All issuers", "Issuers")
    follow(desk, "Make an issuer", "New issuer")
    look(desk, "admin-issuer-new")
    press(link(desk, "Make the issuer"))
    expect(desk.locator("[role=alert]").first).to_be_visible()
    look(desk, "admin-issuer-refused")
    for name, text in (("name", "Faculty of Arts"), ("slug", "arts"), ("colour", "#1a5fb4")):
        desk.fill(f"#{name}", text)
    follow(desk, "Make the issuer", "Issuers")
    look(desk, "admin-issuers")
    follow(desk, "Endorsements", "Endorsements")
    desk.fill("#comment", "A faculty of ours.")
    desk.select_option("#endorser", "default")
    desk.select_option("#about", "issuer:arts")
    press(link(desk, "Sign it"))
    expect(desk.get_by_text("“A faculty of ours.”")).to_be_visible()
    look(desk, "admin-endorsements")
    follow(desk, "Issuers", "Issuers")
    press(link(desk, "Let it issue where nothing is chosen"))
    expect(desk.get_by_text("It issues from now on")).to_be_visible()
    follow(desk, "Faculty of Arts", "Faculty of Arts")
    look(desk, "admin-issuer")


def _before_there_is_a_badge(walk: Walk) -> None:
    look = walk.inspector.frame
    learner = walk.be("learner-5")
    walk.badges(learner)
    look(learner, "learner-nothing-yet")
    teacher = walk.be("teacher")
    frame = walk.badges(teacher)
    look(teacher, "teacher-first-time")
    follow(frame, "Or start with an empty badge", "New badge")
    look(teacher, "editor-empty")
    press(link(frame, "Save draft"))
    expect(frame.locator("#errors")).to_be_visible()
    look(teacher, "editor-errors")
    for number, kind in enumerate(("item_score", "course_grade", "manual_approval", "group"), start=1):
        press(frame.locator(f"button[value='add:rule:{kind}']"))
        expect(frame.locator("li.condition")).to_have_count(number)
    press(frame.locator("button[value='add:rule.3:item_completed']"))
    expect(frame.locator("li.condition")).to_have_count(5)
    look(teacher, "editor-group")


def _teacher(walk: Walk) -> None:
    play(walk.scene, teaching)
    look = walk.inspector.frame
    teacher = walk.be("teacher")
    frame = walk.badges(teacher)
    look(teacher, "teacher-course")
    follow(frame, BADGE, BADGE)
    press(frame.locator("li.learner summary").first)
    look(teacher, "teacher-badge")
    follow(frame, "Edit", "Edit badge")
    expect(frame.locator("#forecast ul.forecast")).to_be_visible()
    look(teacher, "editor-live")
    teacher.goto(f"{walk.scene.place.lms_url}/course")
    teacher.click("#add-from-badges")
    walk.tool(teacher)
    look(teacher, "picker")
    assistant = walk.be("assistant")
    frame = walk.badges(assistant)
    look(assistant, "assistant-course")
    follow(frame, BADGE, BADGE)
    look(assistant, "assistant-badge")


def _learner(walk: Walk) -> None:
    scene, look = walk.scene, walk.inspector.frame
    learner = walk.be(scene.earner.user_id)
    frame = walk.badges(learner)
    press(frame.locator("summary", has_text="What it takes"))
    look(learner, "learner-open")
    scene.earner.come_in()
    scene.earner.do_module_1(right=4)
    expect(frame.get_by_role("heading", name="Earned")).to_be_visible(timeout=10_000)
    expect(frame.get_by_text("Being signed")).to_have_count(0, timeout=10_000)
    look(learner, "learner-earned")
    follow(frame, BADGE, BADGE)
    expect(link(frame, "Add to a wallet")).to_be_visible()
    look(learner, "learner-badge")
    follow(frame, "Add to a wallet", "to a wallet")
    look(learner, "learner-wallet")
    follow(frame, BADGE, BADGE)
    press(link(frame, "Share by link"))
    scene.public_url = frame.locator("#public-link").input_value()
    look(learner, "learner-shared")
    stranger = walk.window()
    stranger.goto(scene.public_url)
    expect(stranger.locator("h1")).to_have_text("Genuine and valid today")
    walk.inspector.window(stranger, "public-genuine")
    _checking(walk, stranger)


def _checking(walk: Walk, stranger: Page) -> None:
    """An employer checks the badge that she was shown, a copy that somebody changed, and both together."""
    look, link_ = walk.inspector.window, walk.scene.public_url
    badge = stranger.request.get(f"{link_}.json").text()
    follow(stranger, "Check other badges", "Check a badge")
    look(stranger, "check-form")
    for given, heading, name in (
        (link_, "Genuine and valid today", "check-genuine"),
        (badge.replace(BADGE, "Mastery"), "Changed or forged", "check-forged"),
    ):
        stranger.fill("#badges", given)
        follow(stranger, "Check", heading)
        look(stranger, name)
        follow(stranger, "Check another", "Check a badge")
    stranger.fill("#badges", f"{link_}\n{link_}\nno badge")
    follow(stranger, "Check", "3 badges")
    with stranger.expect_download() as saved:
        stranger.click("text=Save as CSV")
    assert "Not a badge that can be read" in saved.value.path().read_text(encoding="utf-8-sig").splitlines()[1]
    look(stranger, "check-many")


def _withdrawal(walk: Walk) -> None:
    scene, look = walk.scene, walk.inspector.frame
    scene.teacher.regrade_quiz(scene.earner, 40)
    teacher = walk.be("teacher")
    frame = walk.badges(teacher)
    expect(frame.locator(".to-do")).to_be_visible()
    look(teacher, "teacher-to-do")
    follow(frame, "Look", BADGE)
    lena = frame.locator("li.learner", has_text=scene.earner.name)
    press(lena.locator("summary", has_text="Withdraw the badge…"))
    look(teacher, "teacher-withdraw")
    lena.get_by_label("Reason").fill("The quiz was copied.")
    press(lena.get_by_role("button", name="Withdraw the badge").last)
    expect(lena).to_contain_text("Withdrawn")
    look(teacher, "teacher-withdrawn")
    learner = walk.be(scene.earner.user_id)
    frame = walk.badges(learner)
    look(learner, "learner-withdrawn")
    follow(frame, BADGE, BADGE)
    expect(frame.get_by_text("This badge was withdrawn on")).to_be_visible()
    look(learner, "learner-withdrawn-badge")
    stranger = walk.window()
    stranger.goto(scene.public_url)
    expect(stranger.locator("h1")).to_contain_text("Withdrawn on")
    walk.inspector.window(stranger, "public-withdrawn")


def _refusals(walk: Walk) -> None:
    look, tool = walk.inspector.window, walk.scene.tool
    stranger = walk.window()
    for name, path, code in (
        ("public-unknown", "/b/no-such-page", 404),
        ("session-unknown", "/s/0000/my", 401),
        ("nothing-here", "/nowhere", 404),
        ("registration-used", "/lti/register/used?openid_configuration=https%3A%2F%2Flms.example%2Fc", 403),
    ):
        answer = stranger.goto(tool(path))
        assert answer is not None
        assert answer.status == code, path
        look(stranger, name)
