"""A grade is lowered after the badge was earned: nothing happens silently, and the teacher decides."""

from __future__ import annotations

import json

from lti_tool.demo import teacher_pages
from lti_tool.demo.browser import Browser
from lti_tool.demo.learner_pages import open_my_badges
from lti_tool.demo.page import Page
from lti_tool.demo.scene import BADGE, SECONDS_TO_A_BADGE, Scene
from lti_tool.demo.waiting import expect, until
from lti_tool.domain.credential import CheckName, CheckOutcome

REASON = "The quiz was graded again: 40 of 100 points."


def regrade_is_flagged(scene: Scene) -> str:
    """The teacher is asked; for everybody else the badge stands."""
    earner = scene.earner
    scene.teacher.regrade_quiz(earner, 40)
    line, ms = until(
        lambda: teacher_pages.flag_of(scene, earner),
        within=SECONDS_TO_A_BADGE,
        what=f"the question about {earner.name} on the teacher's page",
    )
    expect("Genuine and valid today" in _public_page(scene).text, "the public page changed before the teacher decided")
    report = scene.stranger.check(scene.held[earner.user_id].json)
    expect(report.valid, f"the badge changed for verifiers before the teacher decided: {report.checks}")
    return f"flagged after {ms} ms, nothing changed for verifiers: {line[:80]}"


def revoked_everywhere(scene: Scene) -> str:
    """With her reason: on the public page, on the status list, in the gradebook, on the learner's page."""
    earner = scene.earner
    teacher_pages.revoke(scene, earner, REASON)
    held = scene.held[earner.user_id]
    _, ms = until(
        lambda: scene.stranger.is_revoked(held.document), within=SECONDS_TO_A_BADGE, what="the bit on the status list"
    )
    held.revoked = True
    for form in (held.json, held.jwt, held.png, json.dumps(scene.collected.document if scene.collected else None)):
        status = scene.stranger.check(form).check(CheckName.STATUS)
        expect(status.outcome is CheckOutcome.FAILED, f"a verifier does not see the withdrawal: {status.sentence}")
    for other in (scene.early, scene.late):
        expect(scene.stranger.check(scene.held[other.user_id].json).valid, f"the badge of {other.name} was touched")
    page = _public_page(scene)
    expect("Withdrawn on" in page.text and REASON in page.text, f"the public page says: {page.text[:300]}")
    until(
        lambda: scene.practice.tool_score(earner.user_id, BADGE) == (None, 1),
        within=SECONDS_TO_A_BADGE,
        what="the clearing of the gradebook",
    )
    tab = scene.in_tool[earner.user_id]
    open_my_badges(tab)
    expect("Withdrawn" in tab.page.text and REASON in tab.page.text, "the learner's page does not say why")
    return f"status bit set after {ms} ms; public page, gradebook and learner's page say so"


def _public_page(scene: Scene) -> Page:
    page = Browser().tab().open(scene.public_url)
    expect(page.status == 200, f"the public page answered {page.status}")
    return page


STEPS = (
    ("regrade", regrade_is_flagged),
    ("revoke", revoked_everywhere),
)
