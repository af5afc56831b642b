"""The teacher makes a badge, sees who would earn it, publishes it and places a card for it in her course."""

from __future__ import annotations

from lti_tool.demo import teacher_pages
from lti_tool.demo.learner_pages import earned_card
from lti_tool.demo.page import PageMissing
from lti_tool.demo.scene import CARD, SECONDS_TO_A_BADGE, Scene
from lti_tool.demo.waiting import expect, until

COURSE = "Laboratory Safety 101"


def course_is_empty(scene: Scene) -> str:
    """Her first launch: the course's page, without a badge."""
    scene.teacher.come_in()
    tab = scene.in_tool[scene.teacher.user_id] = scene.teacher.open_badges()
    expect(COURSE in tab.page.text, f"the page does not name the course: {tab.page.text[:300]}")
    expect("Make the first badge" in tab.page.text, "there is a badge already")
    return f"Badges in {COURSE}: none yet"


def early_learner_works(scene: Scene) -> str:
    """Somebody does the work before there is a badge for it; so the tool gets to know the course."""
    scene.early.come_in()
    scene.early.do_module_1(right=5)
    what = "the activities on the teacher's page"
    _, ms = until(lambda: teacher_pages.knows_module_1(scene), within=SECONDS_TO_A_BADGE, what=what)
    return f"{scene.early.first_name} did module 1; after {ms} ms the teacher's page knows its activities"


def badge_is_made(scene: Scene) -> str:
    """A drawn picture, and a rule of two conditions that must both hold."""
    tab = teacher_pages.open_editor(scene)
    teacher_pages.describe(tab)
    teacher_pages.add_conditions(tab)
    sentence = next((one.text for one in tab.page.document.all("p") if one.get("class") == "sentence"), "")
    page = tab.press("draft")
    expect(page.status == 200 and "Draft" in page.text, f"the draft was not saved: {page.text[:300]}")
    expect(
        "80 %" in sentence and "Module 1" in sentence and sentence in page.text, f"the rule in words is: {sentence!r}"
    )
    return sentence


def dry_run_names_the_early_one(scene: Scene) -> str:
    """Before publishing she reads who would earn it now."""
    tab = scene.in_tool[scene.teacher.user_id]

    def forecast() -> str | None:
        teacher_pages.open_saved_editor(scene)
        try:
            return teacher_pages.would_earn(tab, scene.early)
        except PageMissing:
            return None

    line, _ = until(forecast, within=SECONDS_TO_A_BADGE, what=f"the dry run's naming of {scene.early.name}")
    others = [one.name for one in scene.learners if one is not scene.early and one.name in line]
    expect(not others, f"the dry run says that {others} would earn it: {line}")
    return f"“{line.partition(' Both of these')[0]}”, and nobody else"


def badge_is_published(scene: Scene) -> str:
    """Awarding also for work that was done before: the early learner gets it at once."""
    tab = teacher_pages.open_saved_editor(scene)
    asked = tab.press("publish")
    expect("Award 1 learner" in asked.text, f"publishing does not say how many get it: {asked.text[:500]}")
    page = tab.press("publish:now")
    expect(page.status == 200 and "Live" in page.text, f"the badge is not live: {page.text[:300]}")
    early = scene.early
    mine = scene.in_tool[early.user_id] = early.open_badges()
    _, ms = until(lambda: earned_card(mine), within=SECONDS_TO_A_BADGE, what=f"the badge on the page of {early.name}")
    return f"live; {early.first_name} has it for earlier work, seen {ms} ms after opening My badges"


def card_is_placed(scene: Scene) -> str:
    """By Deep Linking: the card stands in the course afterwards."""
    teacher_pages.place_card(scene)
    links = [one for one in scene.practice.links() if one["title"] == CARD]
    expect(len(links) == 1, f"the course has {len(links)} cards “{CARD}”")
    expect(links[0]["custom"].get("badge"), "the card does not say which badge it is for")
    return f"“{CARD}” stands in the course"


STEPS = (
    ("empty course", course_is_empty),
    ("early work", early_learner_works),
    ("make badge", badge_is_made),
    ("dry run", dry_run_names_the_early_one),
    ("publish", badge_is_published),
    ("place card", card_is_placed),
)
