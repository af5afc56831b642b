"""The whole story in a real browser, through the LMS's frame on another site, scene by scene."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from lti_tool.credentials.baking import unbake_png
from lti_tool.demo.servers import DemoPlace
from tests.e2e.stage import PHONE, RIGHT_ANSWERS, Stage, raised_stage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.peer("chromium"),
    pytest.mark.xdist_group("story"),
]
BADGE = "Lab safety"


@dataclass
class Play:
    """What later scenes need of earlier ones."""

    stage: Stage
    lena: Page | None = None
    public_url: str = ""


def button(frame: FrameLocator | Page, name: str):
    """A button or a link: where no cookie is kept, links are buttons."""
    return frame.get_by_role("button", name=name).or_(frame.get_by_role("link", name=name)).first


def place_of(play: Play) -> DemoPlace:
    return play.stage.place


def test_the_story(browser: Browser, tmp_path: Path) -> None:
    shots = os.environ.get("LTI_BADGES_SCREENSHOTS")
    with raised_stage(browser, tmp_path, Path(shots) if shots else None) as stage:
        _play(Play(stage), tmp_path)


def _play(play: Play, tmp_path: Path) -> None:
    the_admin_registers_and_approves_the_platform(play)
    the_teacher_makes_publishes_and_places_a_badge(play)
    learners_see_badges_appear_without_a_reload(play)
    a_learner_takes_her_badge_along_and_shares_it(play, tmp_path)
    a_regrade_asks_the_teacher_and_she_withdraws(play)
    # No page broke its own policy, and no script of ours failed.
    assert play.stage.problems == []


def the_admin_registers_and_approves_the_platform(play: Play) -> None:
    stage, place = play.stage, place_of(play)
    tool = stage.window()
    tool.goto(f"{place.tool_url}/admin")
    stage.shot(tool, "admin-sign-in")
    tool.fill("#token", place.admin_token_file.read_text().strip())
    button(tool, "Sign in").click()
    button(tool, "Connect a platform").click()
    tool.fill("#name", "Practice LMS")
    button(tool, "Make the link").click()
    stage.shot(tool, "admin-link")
    link = tool.input_value("#registration-link")

    lms = stage.be("admin")
    lms.click("#menu-admin")
    lms.fill("#registration-url", link)
    lms.click("#register-tool")
    lms.wait_for_selector("button[name=activate]")
    stage.shot(lms, "lms-admin")
    lms.click("button[name=activate]")

    tool.goto(f"{place.tool_url}/admin")
    expect(tool.get_by_text("Pending").first).to_be_visible()
    stage.shot(tool, "admin-overview")
    button(tool, "Practice LMS").click()
    button(tool, "Approve").click()
    expect(tool.get_by_text("Active").first).to_be_visible()
    expect(tool.get_by_text("Own gradebook column")).to_be_visible()
    stage.shot(tool, "admin-platform")
    # The link worked once.
    again = stage.window()
    refused = again.goto(f"{link}?openid_configuration={place.lms_url}/.well-known/openid-configuration")
    assert refused is not None
    assert refused.status == 403


def the_teacher_makes_publishes_and_places_a_badge(play: Play) -> None:
    stage, place = play.stage, place_of(play)
    early = stage.be("learner-2")
    _take_quiz(place, early, right=5)
    _finish_reading(place, early)

    teacher = stage.be("teacher")
    frame = stage.badges(teacher)
    expect(frame.locator("h1")).to_contain_text("Laboratory Safety 101")
    stage.shot(teacher, "teacher-empty")
    button(frame, "Or start with an empty badge").click()
    frame.locator("#name").fill(BADGE)
    frame.locator("#symbol").select_option(label="A flask")
    button(frame, "Grade in an activity").click()
    frame.locator('[name="rule.0.target"]').select_option("quiz-safety")
    frame.locator('[name="rule.0.minimum"]').fill("80")
    button(frame, "Module completed").click()
    frame.locator('[name="rule.1.target"]').select_option("module-1")
    assert frame.locator('[name="rule.joiner"]').input_value() == "all"
    forecast = frame.locator("#forecast")
    expect(forecast).to_contain_text("Score at least 80 % in Safety quiz and complete Module 1: Before you begin.")
    expect(forecast.locator("#forecast-now")).to_contain_text("Milo Moss")
    expect(forecast.locator("#forecast-later")).to_contain_text("Lena Lichen")
    stage.shot(teacher, "teacher-editor")
    button(frame, "Publish…").click()
    expect(frame.locator("#confirm")).to_contain_text("1 learner meets the rule already")
    stage.shot(teacher, "teacher-confirm")
    button(frame, "Award 1 learner now").click()
    expect(frame.locator("h1")).to_have_text(BADGE)
    stage.shot(teacher, "teacher-badge")

    teacher.goto(f"{place.lms_url}/course")
    teacher.click("#add-from-badges")
    picker = teacher.frame_locator("iframe#tool-frame")
    picker.get_by_label(BADGE).check()
    stage.shot(teacher, "teacher-picker")
    button(picker, "Place in the course").click()
    expect(teacher.locator("#placed-links")).to_contain_text(f"Badge: {BADGE}")
    stage.shot(teacher, "lms-course")


def learners_see_badges_appear_without_a_reload(play: Play) -> None:
    stage, place = play.stage, place_of(play)
    watching = play.lena = stage.be("learner-1", PHONE)
    mine = stage.badges(watching)
    expect(mine.locator("body")).to_contain_text("0 of 2 done")
    stage.shot(watching, "learner-open")

    working = stage.be("learner-1")
    _finish_reading(place, working)
    _take_quiz(place, working, right=5)
    finished = time.monotonic()
    expect(mine.get_by_role("heading", name="Earned")).to_be_visible(timeout=10_000)
    expect(mine.locator("#status")).to_contain_text(f"You earned “{BADGE}”")
    assert time.monotonic() - finished < 10
    stage.shot(watching, "learner-earned")

    nora = stage.be("learner-3")
    _take_quiz(place, nora, right=3)
    falling_short = stage.badges(nora)
    falling_short.get_by_text("What it takes").click()
    expect(falling_short.locator("body")).to_contain_text("60 of 100 (60 %), at least 80 % needed")
    stage.shot(nora, "learner-missing")

    teacher = stage.be("teacher")
    cell = teacher.locator('#gradebook tr[data-user-id="learner-1"] td[data-column-id]')
    deadline = time.monotonic() + 10
    while "1" not in (cell.first.inner_text() if cell.count() else "") and time.monotonic() < deadline:
        teacher.goto(f"{place.lms_url}/course/gradebook")
    expect(cell.first).to_contain_text("1")
    stage.shot(teacher, "lms-gradebook")
    course = stage.badges(teacher)
    button(course, BADGE).click()
    expect(course.locator("li.learner", has_text="Lena Lichen")).to_contain_text("Earned")
    stage.shot(teacher, "teacher-list")


def a_learner_takes_her_badge_along_and_shares_it(play: Play, tmp_path: Path) -> None:
    stage, lena = play.stage, play.lena
    assert lena is not None
    mine = lena.frame_locator("iframe#tool-frame")
    button(mine, BADGE).click()
    files = {}
    for name, suffix in (("Save as picture", "png"), ("JSON", "json"), ("JWT", "jwt")):
        with lena.expect_download() as download:
            button(mine, name).click()
        files[suffix] = tmp_path / f"badge.{suffix}"
        download.value.save_as(files[suffix])
    document = json.loads(files["json"].read_text())
    assert document["credentialSubject"]["achievement"]["name"] == BADGE
    assert json.loads(unbake_png(files["png"].read_bytes())) == document
    assert files["jwt"].read_text().count(".") == 2
    stage.shot(lena, "learner-badge")

    button(mine, "Add to a wallet").click()
    expect(mine.get_by_role("img", name=f"QR code: opens {BADGE} in a wallet app")).to_be_visible()
    wallet = mine.get_by_role("link", name="Open wallet app").get_attribute("href") or ""
    assert wallet.startswith("openid-credential-offer://?credential_offer_uri=")
    stage.shot(lena, "learner-wallet")
    button(mine, BADGE).click()

    mine.get_by_label("Show my name").check()
    button(mine, "Share by link").click()
    play.public_url = mine.locator("#public-link").input_value()
    stage.shot(lena, "learner-shared")
    stranger = stage.window(PHONE)
    stranger.goto(play.public_url)
    expect(stranger.locator("h1, .verdict").first).to_contain_text("Genuine and valid today")
    expect(stranger.locator("body")).to_contain_text("Lena Lichen")
    assert stranger.context.cookies() == []
    stage.shot(stranger, "public-page")


def a_regrade_asks_the_teacher_and_she_withdraws(play: Play) -> None:
    stage, place = play.stage, place_of(play)
    teacher = stage.be("teacher")
    teacher.goto(f"{place.lms_url}/course/gradebook")
    teacher.click("#grade-learner-1")
    teacher.fill("#score-quiz-safety", "40")
    teacher.click("#save-quiz-safety")
    expect(teacher.locator("#messages")).not_to_be_empty()
    stranger = stage.window()
    deadline = time.monotonic() + 10
    course = stage.badges(teacher)
    while not course.locator(".to-do").count() and time.monotonic() < deadline:
        course = stage.badges(teacher)
    expect(course.locator(".to-do")).to_contain_text("Lena Lichen")
    stage.shot(teacher, "teacher-to-do")
    stranger.goto(play.public_url)
    expect(stranger.locator("body")).to_contain_text("Genuine and valid today")

    button(course, "Look").click()
    lena = course.locator("li.learner", has_text="Lena Lichen")
    expect(lena).to_contain_text("The badge stands until you decide")
    lena.get_by_text("Withdraw the badge…").click()
    lena.get_by_label("Reason").fill("The quiz was copied.")
    stage.shot(teacher, "teacher-withdraw")
    lena.get_by_role("button", name="Withdraw the badge").click()
    expect(course.locator("li.learner", has_text="Lena Lichen")).to_contain_text("Withdrawn")
    stage.shot(teacher, "teacher-withdrawn")
    deadline = time.monotonic() + 10
    while "Withdrawn" not in stranger.inner_text("body") and time.monotonic() < deadline:
        stranger.goto(play.public_url)
    expect(stranger.locator("body")).to_contain_text("Withdrawn")
    expect(stranger.locator("body")).to_contain_text("The quiz was copied.")
    stage.shot(stranger, "public-withdrawn")


def _take_quiz(place: DemoPlace, page: Page, right: int) -> None:
    page.goto(f"{place.lms_url}/course")
    page.click('[data-activity-id="quiz-safety"] a, a[data-activity-id="quiz-safety"]')
    for number, choice in enumerate(RIGHT_ANSWERS):
        given = choice if number < right else (choice + 1) % 3
        page.locator(f'[id^="question-"][id$="-{given}"]').nth(_index_of(page, number, given)).check()
    page.click("#send-answers")
    expect(page.locator("#activity-score")).to_be_visible()


def _index_of(page: Page, number: int, choice: int) -> int:
    """The place among all choices with this number, because questions may have different numbers of choices."""
    names = page.locator('[id^="question-"]').evaluate_all("all => [...new Set(all.map(one => one.name))]")
    of_choice = page.locator(f'[id^="question-"][id$="-{choice}"]').evaluate_all("all => all.map(one => one.name)")
    return of_choice.index(names[number])


def _finish_reading(place: DemoPlace, page: Page) -> None:
    page.goto(f"{place.lms_url}/course")
    page.click('[data-activity-id="reading-rules"] a, a[data-activity-id="reading-rules"]')
    page.click("#mark-done")
    expect(page.locator("#mark-not-done")).to_be_visible()
