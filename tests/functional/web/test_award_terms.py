"""What a badge's terms do, told through the pages: the teacher chooses, a grade falls, and both see what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.domain.award import Award, AwardState, Flag, latest_of
from lti_tool.domain.credential import CheckName
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from lti_tool.web.verify import make_blueprint as verify_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint, verify_blueprint)


def lab(site: Site) -> str:
    return f"/badges/{site.badges['lab'].id}"


def teacher(site: Site, path: str = "") -> Tab:
    return Tab.at(site.open_session("instructor"), path or lab(site))


def learner(site: Site, subject: str = "ana") -> Tab:
    return Tab.at(site.open_session(subject=subject), "/my")


def choose(site: Site, **values: str) -> None:
    """More options of the live badge."""
    tab = teacher(site, f"{lab(site)}/edit").press("save", values)
    assert tab.status == 200, tab.text
    assert "The changes are saved." in tab.text
    site.course.work()


def grade(site: Site, subject: str, score: float, **later: float) -> None:
    site.course.clock.pass_time(**later or {"minutes": 1})
    site.course.hear(site.course.score(subject, score))
    site.course.work()


def held(site: Site, subject: str = "ana") -> Award:
    person = site.course.people[subject]
    with site.course.house.transactions(write=False) as unit:
        return latest_of(unit.awards.of_person(site.course.course.id, person.id))[site.badges["lab"].id]


def score(site: Site, subject: str = "ana") -> Any:
    return next(given for (_, whose), given in site.course.platform.scores.items() if whose == subject)


def test_keep_changes_nothing_whatever_the_grade(site: Site) -> None:
    choose(site, regrade="keep")
    site.earn()
    grade(site, "ana", 10)
    assert (held(site).state, held(site).flag, score(site)) == (AwardState.ISSUED, Flag.NONE, 1.0)
    assert "When a grade falls, the badge stands." in teacher(site).text
    assert "New" not in [one.text for one in learner(site).page.all("h2")]


def test_a_suspended_badge_says_so_everywhere_and_comes_back_with_the_grade(site: Site) -> None:
    choose(site, regrade="suspend")
    award_id = site.earn()
    page = site.public_link(award_id)
    stranger = site.app.test_client()
    assert "Genuine and valid today" in stranger.get(page).text
    grade(site, "ana", 10)
    assert (held(site).state, score(site)) == (AwardState.SUSPENDED, None)
    assert "Suspended on 1 September 2026" in stranger.get(page).text
    # A verifier that knows nothing of us reads it in the list of suspensions.
    with site.course.house.transactions(write=False) as unit:
        document = unit.credentials.get(award_id).document
    report = site.course.house.verifier.verify(document)
    assert report.check(CheckName.STATUS).code == "status.suspended"
    hers = learner(site)
    assert "“Lab safety” is suspended until the rule is met again." in hers.text
    assert "It comes back by itself once the rule is met again." in hers.text
    hers.press("Got it")
    assert "“Lab safety” is suspended" not in hers.text
    assert "Suspended" in teacher(site).text
    grade(site, "ana", 95)
    assert (held(site).state, score(site)) == (AwardState.ISSUED, 1.0)
    assert "Genuine and valid today" in stranger.get(page).text
    assert "“Lab safety” stands again." in learner(site).text
    assert site.course.house.verifier.verify(document).valid


def test_the_teacher_can_let_a_suspended_badge_stand(site: Site) -> None:
    choose(site, regrade="suspend")
    site.earn()
    grade(site, "ana", 10)
    tab = teacher(site).press("Let it stand")
    assert held(site).state is AwardState.ISSUED
    assert "Stands again, by Ines" in tab.text
    site.course.work()
    assert score(site) == 1.0


def test_revoked_by_its_terms_after_the_grace_and_earned_again_with_a_credential_of_its_own(site: Site) -> None:
    choose(site, regrade="revoke", grace_days="3")
    first = site.earn()
    grade(site, "ana", 10)
    assert held(site).state is AwardState.ISSUED
    assert "The badge stands until 4 September 2026; then it is withdrawn." in teacher(site).text
    assert "The badge stands until 4 September 2026." in learner(site).text
    site.course.clock.pass_time(days=3, minutes=1)
    site.course.work()
    assert (held(site).id, held(site).state, score(site)) == (first, AwardState.REVOKED, None)
    assert "“Lab safety” was withdrawn." in learner(site).text
    grade(site, "ana", 90)
    again = held(site)
    assert (again.state, again.period, score(site)) == (AwardState.ISSUED, "2", 1.0)
    assert again.id != first
    assert "You earned “Lab safety” again." in learner(site).text


def test_a_grade_that_recovers_within_the_grace_costs_nothing(site: Site) -> None:
    choose(site, regrade="revoke", grace_days="3")
    site.earn()
    grade(site, "ana", 10)
    grade(site, "ana", 90)
    site.course.clock.pass_time(days=4)
    site.course.work()
    assert (held(site).state, held(site).period, held(site).act_at) == (AwardState.ISSUED, "once", None)


def test_withdrawn_for_cause_it_comes_back_only_where_a_person_lifts_it(site: Site) -> None:
    choose(site, regrade="revoke")
    site.earn()
    tab = teacher(site).press("Withdraw the badge", {"reason": "Copied."})
    grade(site, "ana", 10)
    grade(site, "ana", 100)
    assert (held(site).state, held(site).period) == (AwardState.REVOKED, "once")
    tab = teacher(site).press("Let Ana earn it again")
    assert "The badge can be earned again." in tab.text
    site.course.work()
    assert (held(site).state, held(site).period) == (AwardState.ISSUED, "2")
    news = learner(site).text
    assert "You may earn “Lab safety” again. " in news
    assert "By Ines. Copied." in news


def test_it_lapses_after_its_months_with_a_reminder_and_is_renewed_by_new_work(site: Site) -> None:
    choose(site, lasting="months", months="12", renewal="again", remind_days="30")
    award_id = site.earn()
    page, stranger = site.public_link(award_id), site.app.test_client()
    assert "valid until 1 September 2027" in learner(site).text
    assert "1 September 2027" in stranger.get(page).text
    site.course.clock.pass_time(days=340)
    site.course.work()
    hers = learner(site).text
    assert "“Lab safety” lapses soon." in hers
    assert "Renew Lab safety" in hers
    assert "0 of 2 done" in hers
    site.course.clock.pass_time(days=30)
    site.course.work()
    assert "Expired on 1 September 2027" in learner(site).text
    card = Tab.at(site.open_session(), f"/my/cards/{site.badges['lab'].id}")
    assert "Expired on 1 September 2027" in card.text
    assert "Expired" in teacher(site).text
    assert "Expired" in stranger.get(page).text
    site.course.hear(site.course.score("ana", 92.0), site.course.module("ana"))
    site.course.work()
    renewed = held(site)
    assert (renewed.state, renewed.period) == (AwardState.ISSUED, "2")
    assert renewed.expires_at is not None
    assert (renewed.expires_at.year, renewed.expires_at.month) == (2028, 9)
    hers = learner(site).text
    assert "“Lab safety” is renewed." in hers
    assert "Renew Lab safety" not in hers


def test_it_is_renewed_by_a_rule_of_its_own(site: Site) -> None:
    """Said with the same buttons as the badge's rule; it counts alone, and by new work only."""
    tab = teacher(site, f"{lab(site)}/edit").press("add:renewal_rule:item_score", {"lasting": "months", "months": "12"})
    assert tab.field("renewal").find(lambda one: one.get("value") == "other").get("selected") is not None
    tab.press("save")
    assert (tab.status, "Choose the activity." in tab.text) == (422, True)
    assert tab.page.by_id("renewal_rule.0.target") is not None
    rule = {"renewal_rule.0.target": "quiz-1", "renewal_rule.0.minimum": "50"}
    tab.press("add:renewal_rule:module_completed", rule).press("up:renewal_rule.1")
    assert tab.field("renewal_rule.1.target").get("id") == "renewal_rule.1.target"
    assert not tab.has("add:renewal_rule:manual_approval"), "nobody could give it"
    tab.press("save", {"remind_days": "30", "renewal_rule.0.target": "module-1"})
    assert "The changes are saved." in tab.text
    assert "renewed" in tab.text
    # It stands in the editor again, and another choice leaves it aside.
    assert teacher(site, f"{lab(site)}/edit").field("renewal_rule.1.minimum").get("value") == "50"
    site.earn()
    site.course.clock.pass_time(days=340)
    site.course.work()
    hers = learner(site).text
    assert "Renew Lab safety" in hers
    assert "0 of 2 done" in hers
    site.course.hear(site.course.score("ana", 55.0))
    site.course.work()
    assert (held(site).period, held(site).flag) == ("once", Flag.REGRADED), "it does not renew alone"
    site.course.hear(site.course.module("ana"))
    site.course.work()
    assert held(site).period == "2"


def test_terms_that_make_no_sense_are_said_beside_their_field(site: Site) -> None:
    tab = teacher(site, f"{lab(site)}/edit").press(
        "save", {"grace_days": "99", "lasting": "until", "expires_on": "", "remind_days": "x"}
    )
    assert tab.status == 422
    for name in ("grace_days", "expires_on", "remind_days"):
        assert tab.field(name).get("aria-invalid") == "true"
