"""Learners do the work, and the badge comes by itself: on their page, in the gradebook, on the teacher's list."""

from __future__ import annotations

from lti_tool.demo import teacher_pages
from lti_tool.demo.learner_pages import earned_card, open_my_badges, reason_of
from lti_tool.demo.people import Learner
from lti_tool.demo.scene import BADGE, CARD, SECONDS_TO_A_BADGE, Scene
from lti_tool.demo.waiting import expect, until


def learner_waits_and_earns(scene: Scene) -> str:
    """The page is open before the work is done, so that the badge has to come without a reload."""
    ms = _work_and_wait(scene, scene.earner, right=4)
    return f"{scene.earner.first_name} saw the badge {ms} ms after the quiz (80 %), without a reload"


def _work_and_wait(scene: Scene, learner: Learner, right: int) -> int:
    learner.come_in()
    tab = scene.in_tool[learner.user_id] = learner.open_badges()
    expect(earned_card(tab) is None, f"{learner.name} has the badge before doing the work")
    learner.do_module_1(right)
    what = f"the badge on the page of {learner.name}"
    _, ms = until(lambda: earned_card(tab), within=SECONDS_TO_A_BADGE, what=what)
    return ms


def learner_falls_short(scene: Scene) -> str:
    """She sees what was observed and what is missing."""
    short = scene.short
    short.come_in()
    tab = scene.in_tool[short.user_id] = short.open_badges()
    short.do_module_1(right=3)

    def observed() -> str | None:
        tab.refresh()
        line = reason_of(tab, "Safety quiz")
        # Grade and module are two events, and the page may be read between them.
        return line if "60 of 100" in line and "Done" in reason_of(tab, "Module 1") else None

    line, ms = until(observed, within=SECONDS_TO_A_BADGE, what="quiz result and module 1 on the page of My badges")
    expect("Not yet" in line and "80 %" in line, f"the page does not say what is missing: {line}")
    expect("1 of 2 done" in tab.page.text, "the page does not count 1 of 2 done")
    open_my_badges(tab)
    expect(earned_card(tab) is None, f"{short.name} has the badge with 60 %")
    return f"{short.first_name} reads after {ms} ms: {line[:110]}"


def gradebook_has_a_column(scene: Scene) -> str:
    """1 of 1 for those who earned it, nothing for the one who did not."""
    for learner in (scene.early, scene.earner):
        until(
            lambda learner=learner: scene.practice.tool_score(learner.user_id, BADGE) == (1, 1),  # type: ignore[misc]
            within=SECONDS_TO_A_BADGE,
            what=f"1 of 1 in the column “{BADGE}” for {learner.name}",
        )
    found = scene.practice.tool_score(scene.short.user_id, BADGE)
    expect(found == (None, 1), f"{scene.short.name} has {found} in the column")
    expect(scene.practice.columns().count(BADGE) == 1, f"the columns are {scene.practice.columns()}")
    return f"column “{BADGE}”: 1 of 1 for {scene.early.first_name} and {scene.earner.first_name}"


def teacher_sees_them(scene: Scene) -> str:
    """Her list names who has the badge and who has not."""
    tab = teacher_pages.open_badge(scene)
    for learner, word in ((scene.early, "Earned"), (scene.earner, "Earned"), (scene.short, "One step away")):
        state = teacher_pages.state_of(tab, learner)
        expect(state == word, f"the teacher's list says of {learner.name}: {state}")
    expect(
        "In the gradebook" in teacher_pages.learner_line(tab, scene.earner).text, "the list does not know the gradebook"
    )
    return "the teacher's list says who earned it and who did not"


def later_learner_earns(scene: Scene) -> str:
    """The last of the three; by the card, with full marks."""
    late = scene.late
    ms = _work_and_wait(scene, late, right=5)
    tab = late.open_card(CARD)
    shows_it = BADGE in tab.page.text and "Open my badge" in tab.page.text
    expect(shows_it, f"the card does not lead to the badge: {tab.page.text[:300]}")
    return f"{late.first_name} saw the badge {ms} ms after the quiz (100 %)"


STEPS = (
    ("earn", learner_waits_and_earns),
    ("what is missing", learner_falls_short),
    ("gradebook", gradebook_has_a_column),
    ("teacher's list", teacher_sees_them),
    ("a later learner", later_learner_earns),
)
