"""Evidence: handed in by learners or for them, judged by reviewers with a rubric, decided as a fact of the record."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.identity import Actor
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.nomination import NominationState
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

RUBRIC = {
    "type": "evidence_approved",
    "evidence": "Report",
    "rubric": [{"name": "Clarity", "points": 10}, {"name": "Sources", "points": 5}],
    "minimum": 9,
}
LEVELS = [
    {"name": "Unclear", "points": 0},
    {"name": "Clear", "points": 6, "description": "Easy to follow."},
    {"name": "Brilliant", "points": 10},
]
BY_LEVELS = RUBRIC | {
    "rubric": [{"name": "Clarity", "levels": LEVELS, "needs": "Clear"}, {"name": "Sources", "points": 5}],
}
SHOWN = {"text": "My report on the spill.", "url": "https://example.org/report"}


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


@dataclass
class Scene:
    site: Site
    badge: Achievement

    def learner(self, subject: str = "ana", *, cookie: bool = True) -> Tab:
        return Tab.at(self.site.open_session(subject=subject, cookie=cookie), "/my")

    def reviewer(self) -> Tab:
        return Tab.at(self.site.open_session("instructor"), "/badges").follow("Evidence")

    def hand_in(self, subject: str = "ana") -> Tab:
        return self.learner(subject).follow("Report for Lab safety").press("Hand in", SHOWN)

    def fact(self, subject: str = "ana") -> Fact | None:
        with self.site.course.house.transactions(write=False) as unit:
            record = unit.records.get(self.site.course.course.id, self.site.course.people[subject].id)
        return record.get(FactKind.EVIDENCE_REVIEW, self.badge.id, "Report")

    def holders(self) -> set[str]:
        self.site.course.work()
        with self.site.course.house.transactions(write=False) as unit:
            found = unit.awards.of_achievement(self.badge.id)
        return {award.person_id for award in found}


@pytest.fixture
def scene(site: Site) -> Scene:
    made = site.course.publish(RUBRIC)
    site.course.work()
    return Scene(site, made)


@pytest.mark.parametrize("cookie", [True, False], ids=["cookie", "no cookie"])
def test_from_handing_in_to_the_badge(scene: Scene, cookie: bool) -> None:
    mine = scene.learner(cookie=cookie)
    assert "Nothing handed in yet" in mine.text
    page = mine.follow("Report for Lab safety")
    assert "Clarity: up to 10 points" in page.text
    assert "At least 9 of 15 points are needed." in page.text
    page.press("Hand in", SHOWN)
    assert "Handed in. A reviewer of the course will look at it." in page.text
    assert scene.fact() is None, "handing in decides nothing"

    course = Tab.at(scene.site.open_session("instructor", cookie=cookie), "/badges")
    assert "1 piece of evidence waits for a reviewer" in course.text
    course.follow("Review").follow("Ana: Report for Lab safety")
    assert "My report on the spill." in course.text
    assert "https://example.org/report" in course.response.text
    # Too few points for what the rule asks: nothing is decided, and what was typed stays.
    course.press("Approve", {"points-0": "5", "points-1": "3,5"})
    assert course.status == 422
    assert "The rule asks for at least 9 points, and these are 8.5." in course.text
    assert course.field("points-1").get("value") == "3,5"
    assert scene.fact() is None
    course.press("Approve", {"points-0": "8", "points-1": "4", "words": "Well argued."})
    assert "Approved. The learner's record is weighed anew." in course.text
    fact = scene.fact()
    assert fact is not None
    assert (fact.score, fact.maximum, fact.completed, fact.source) == (12.0, 15.0, True, "reviewer")
    assert scene.holders() == {scene.site.course.people["ana"].id}


def test_learner_reads_what_is_missing_and_hands_in_again(scene: Scene) -> None:
    scene.hand_in()
    queue = scene.reviewer().follow("Ana: Report for Lab safety")
    queue.press("Ask for more", {"words": ""})
    assert (queue.status, queue.field("words").get("aria-invalid")) == (422, "true")
    queue.press("Ask for more", {"words": "Name your sources."})
    assert "Waiting for the learner" in queue.text
    mine = scene.learner()
    assert "More is asked for “Name your sources.”" in mine.text
    page = mine.follow("Report for Lab safety")
    assert "“Name your sources.”" in page.text
    assert "Ines" in page.text
    page.press("Hand in again", {"text": "With sources.", "url": ""})
    assert "Waiting for a reviewer" in page.text
    # The reviewer sees what was handed in first as well.
    again = scene.reviewer().follow("Ana: Report for Lab safety")
    assert "With sources." in again.text
    assert "My report on the spill." in again.text
    again.press("Decline", {"words": "Not your own work."})
    assert "Declined “Not your own work.”" in scene.learner().text
    fact = scene.fact()
    assert fact is not None
    assert fact.completed is False
    assert scene.holders() == set()


def test_staff_hand_in_for_a_learner(scene: Scene) -> None:
    ben = scene.site.course.people["ben"].id
    teacher = scene.site.open_session("instructor")
    page = Tab.at(teacher, f"/badges/{scene.badge.id}").follow("Hand in evidence for Ben")
    page.press("Hand in", {"text": "", "url": ""})
    assert (page.status, page.field("text").get("aria-invalid")) == (422, "true")
    page.press("Hand in", {"text": "Showed it in the laboratory.", "url": ""})
    page.follow("Ben: Report for Lab safety")
    assert "by Ines" in page.text
    page.press("Approve", {"points-0": "10", "points-1": "5"})
    assert scene.holders() == {ben}
    # Of somebody who has the badge nothing is asked any more.
    answer = teacher.post(f"/badges/{scene.badge.id}/nominate/hand-in", person=ben, piece="Report", text="More")
    assert answer.status_code == 409


def test_refusals(scene: Scene) -> None:
    ana = scene.site.open_session()
    path = f"/my/evidence/{scene.badge.id}"
    for fields, status in (
        ({"piece": "Report", "text": "x", "url": "javascript:alert(1)"}, 422),
        ({"piece": "Report", "text": "x" * 2001}, 422),
        ({"piece": "Essay", "text": "x"}, 404),
    ):
        assert ana.post(f"{path}/hand-in", **fields).status_code == status
    assert ana.get(f"/my/evidence/{scene.site.badges['lab'].id}").status_code == 404
    teacher = scene.site.open_session("instructor")
    assert teacher.post(f"{path}/hand-in", piece="Report", text="x").status_code == 403
    scene.hand_in()
    with scene.site.course.house.transactions(write=False) as unit:
        [nomination] = unit.nominations.of_course(scene.site.course.course.id)
    decide = f"/badges/reviews/{nomination.id}/decide"
    points = {"points-0": "10", "points-1": "5"}
    for bad in ({"points-0": "11"}, {"points-0": "-1"}, {"points-0": "nan"}, {"points-0": ""}, {"verdict": "waiting"}):
        assert teacher.post(decide, **{"verdict": "approved"} | points | bad).status_code == 422
    assert teacher.post("/badges/reviews/none/decide", verdict="approved").status_code == 404
    other = scene.site.open_session("instructor", context="course-2")
    assert other.post(decide, verdict="approved", **points).status_code == 404
    assert scene.site.open_session().post(decide, verdict="approved", **points).status_code == 403
    assert scene.fact() is None


def test_approval_by_its_button_settles_what_waits_for_it(site: Site) -> None:
    badge = site.course.publish({"type": "manual_approval"})
    site.course.work()
    Tab.at(site.open_session(), "/my").follow("Approval of the teacher for Lab safety").press("Hand in", SHOWN)
    teacher, ana = site.open_session("instructor"), site.course.people["ana"].id
    teacher.post(f"/badges/{badge.id}/approve", person=ana, approved="1")
    with site.course.house.transactions(write=False) as unit:
        [nomination] = unit.nominations.of_course(site.course.course.id)
    assert nomination.state is NominationState.APPROVED
    assert "Nothing waits for you." in Tab.at(teacher, "/badges").follow("Evidence").text


def test_levels_are_chosen_explained_and_written_into_the_badge(site: Site) -> None:
    scene = Scene(site, site.course.publish(BY_LEVELS))
    page = scene.hand_in()
    assert "Clarity: at least Clear" in page.text
    assert "Clear (6 points): Easy to follow." in page.text
    review = scene.reviewer().follow("Ana: Report for Lab safety")
    assert "Clear 6, needed at least" in review.text
    for chosen, said in (
        ({"points-1": "5"}, "Choose a level for “Clarity”."),
        ({"points-0": "Unclear", "points-1": "5"}, "The rule asks for at least “Clear” in “Clarity”."),
    ):
        review.press("Approve", chosen)
        assert (review.status, said in review.text) == (422, True)
    assert scene.fact() is None
    review.press("Approve", {"points-0": "Clear", "points-1": "4.5"})
    assert "Approved." in review.text
    assert scene.holders() == {site.course.people["ana"].id}
    teacher = Tab.at(site.open_session("instructor"), f"/badges/{scene.badge.id}")
    assert "10.5 of 15 (70 %): Clarity: Clear (6), Sources: 4.5" in teacher.text
    # Decided once more in other words: the badge, issued anew, says what was said when it was earned.
    site.course.clock.pass_time(minutes=1)
    again = scene.reviewer().follow("Ana: Report for Lab safety")
    again.press("Approve", {"points-0": "Brilliant", "points-1": "5"})
    ana = site.course.people["ana"].id
    by = Actor("person", ana, "Ana")
    site.services.name_on_badge(site.course.course.id, ana, site.award_of("ana"), by, named=True)
    site.course.work()
    with site.course.house.transactions(write=False) as unit:
        [award] = unit.awards.of_achievement(scene.badge.id)
        credential = unit.credentials.get(award.id)
    document = json.loads((credential and credential.document) or "")
    [said] = document["evidence"]
    assert said["narrative"].endswith(
        "decided by a reviewer. Observed: 10.5 points (Clarity: Clear (6), Sources: 4.5)."
    )
    subject = document["credentialSubject"]
    scales = {scale["id"]: scale for scale in subject["achievement"]["resultDescription"]}
    found = {scales[result["resultDescription"]]["name"]: result for result in subject["result"]}
    assert {name: result["value"] for name, result in found.items()} == {
        "Report": "10.5", "Report: Clarity": "Clear", "Report: Sources": "4.5",
    }  # fmt: skip
    clarity = scales[found["Report: Clarity"]["resultDescription"]]
    assert clarity["resultType"] == "RubricCriterionLevel"
    assert found["Report: Clarity"]["achievedLevel"] == clarity["requiredLevel"]
    [clear] = [one for one in clarity["rubricCriterionLevel"] if one["id"] == clarity["requiredLevel"]]
    assert (clear["name"], clear["points"], clear["description"]) == ("Clear", "6", "Easy to follow.")
