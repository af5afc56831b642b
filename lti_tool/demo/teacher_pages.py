"""What the teacher reads and does on the tool's pages of her course."""

from __future__ import annotations

import re

from lti_tool.demo.browser import Tab
from lti_tool.demo.forms import submit
from lti_tool.demo.html_page import Element
from lti_tool.demo.learner_pages import session_path
from lti_tool.demo.page import Page, PageMissing
from lti_tool.demo.people import QUIZ, Learner
from lti_tool.demo.scene import BADGE, CARD, DESCRIPTION, Scene
from lti_tool.demo.waiting import expect

MODULE = "module-1"
MINIMUM_PERCENT = "80"
ACTIVITIES_OF_MODULE_1 = 2
_KNOWN = re.compile(r"(\d+) (activit|module)")
_PICTURE = {"colour": "teal", "shape": "shield", "symbol": "star"}


def course_address(scene: Scene) -> str:
    """Her page of the course's badges; it is hers alone."""
    tab = scene.in_tool[scene.teacher.user_id]
    return scene.tool(f"{session_path(tab)}/badges")


def open_course(scene: Scene) -> Tab:
    """The course's badges, as by a reload."""
    tab = scene.in_tool[scene.teacher.user_id]
    tab.open(course_address(scene))
    expect(tab.page.status == 200, f"the course's page answered {tab.page.status}")
    return tab


def knows_module_1(scene: Scene) -> bool:
    """Whether the tool has heard of a module and its two activities, as the page of a course without badges says."""
    counts = dict(reversed(found) for found in _KNOWN.findall(open_course(scene).page.text))
    return int(counts.get("activit", 0)) >= ACTIVITIES_OF_MODULE_1 and int(counts.get("module", 0)) >= 1


def open_badge(scene: Scene) -> Tab:
    """The badge with its learners."""
    tab = open_course(scene)
    tab.follow(BADGE)
    expect(tab.page.status == 200, f"the badge's page answered {tab.page.status}")
    return tab


def open_editor(scene: Scene) -> Tab:
    """The editor of her first badge."""
    tab = open_course(scene)
    tab.follow("Or start with an empty badge")
    return tab


def open_saved_editor(scene: Scene) -> Tab:
    """The editor of the draft, with the dry run beside it."""
    tab = open_badge(scene)
    tab.follow("Go on editing")
    return tab


def describe(tab: Tab) -> None:
    """Name, description and a drawn picture; the form shows the picture that was chosen."""
    page = tab.press("check", {"name": BADGE, "description": DESCRIPTION, **_PICTURE})
    preview = page.document.by_id("preview")
    expect(preview is not None, "the editor shows no picture")
    assert preview is not None
    picture = tab.fetch(preview.get("src"), {})
    is_png = picture.status == 200 and picture.headers.get("Content-Type") == "image/png"
    expect(is_png and all(word in preview.get("src") for word in _PICTURE.values()), "the picture is not as chosen")


def add_conditions(tab: Tab) -> None:
    """Quiz at least 80 % and module 1 complete. That both must hold is what the form says by itself."""
    joiner = tab.page.document.find(lambda one: one.get("name") == "rule.joiner")
    chosen = [one.get("value") for one in (joiner.all("option") if joiner else []) if "selected" in one.attributes]
    expect(chosen == ["all"], f"the joiner is preset to {chosen}, not to all")
    tab.press("add:rule:item_score")
    score = {"rule.0.target": QUIZ, "rule.0.minimum": MINIMUM_PERCENT, "rule.0.unit": "percent"}
    tab.press("add:rule:module_completed", score)
    tab.press("check", {"rule.1.target": MODULE})


def would_earn(tab: Tab, learner: Learner) -> str:
    """The names under "gets it at once" of the dry run, with what was read of the learner. PageMissing without her."""
    group = tab.page.document.by_id("forecast-now")
    if group is None or learner.name not in group.text:
        raise PageMissing(f"the dry run does not name {learner.name}: {tab.page.text[:500]}")
    return group.text


def place_card(scene: Scene) -> None:
    """Chooses the badge in the picker that the LMS opens; the LMS says that it was added."""
    teacher = scene.teacher
    teacher.go_to("/course")
    teacher.lms.click("add-from-badges")
    picker = teacher.in_frame()
    page = picker.press("Place in the course", {"choice": [_choice(picker)]})
    expect("Added to the course" in page.text and CARD in page.text, f"the LMS says: {page.text[:300]}")


def _choice(picker: Tab) -> str:
    for label in picker.page.document.all("label"):
        if BADGE in label.text:
            return next(one.get("value") for one in label.all("input"))
    raise PageMissing(f"the picker does not offer the badge: {picker.page.text[:300]}")


def learner_line(tab: Tab, learner: Learner) -> Element:
    """A learner's entry on the badge's page."""
    for entry in tab.page.document.all("li"):
        if entry.get("id").startswith("learner-") and learner.name in entry.text:
            return entry
    raise PageMissing(f"{learner.name} is not on the list: {tab.page.text[:500]}")


def state_of(tab: Tab, learner: Learner) -> str:
    """The word for where a learner stands: "Earned", "One step away", …"""
    words = [one.text for one in learner_line(tab, learner).all("span") if "word" in one.get("class").split()]
    return words[0]


def flag_of(scene: Scene, learner: Learner) -> str | None:
    """What the teacher is asked to look at about a learner; None while nothing is."""
    to_do = [one.text for one in open_course(scene).page.document.all("section") if "to-do" in one.get("class")]
    return next((text for text in to_do if learner.name in text), None)


def revoke(scene: Scene, learner: Learner, reason: str) -> None:
    """Withdraws a learner's badge from its page. A reason must be given."""
    tab = open_badge(scene)
    expect(state_of(tab, learner) == "Earned, look again", "the list does not ask her to look again")
    refused = _withdraw(tab, learner, "")
    expect(refused.status == 422, f"a withdrawal without a reason answered {refused.status}")
    done = _withdraw(tab, learner, reason)
    expect(done.status == 200 and state_of(tab, learner) == "Withdrawn", f"not withdrawn: {done.text[:300]}")


def _withdraw(tab: Tab, learner: Learner, reason: str) -> Page:
    forms = [one for one in learner_line(tab, learner).all("form") if one.get("action").endswith("/withdraw")]
    expect(len(forms) == 1, f"the badge of {learner.name} cannot be withdrawn")
    return tab.send(submit(tab.page.document, forms[0], None, {"reason": reason}, {}))
