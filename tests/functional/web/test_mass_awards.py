"""Publishing awards nobody by surprise: each number is said before, many are asked twice, and undone as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lti_tool.domain.achievement import AwardFrom
from lti_tool.domain.award import Award, AwardState, Cause
from lti_tool.domain.identity import SYSTEM
from lti_tool.usecases.evaluate_course import EvaluateCourse
from lti_tool.usecases.mass_awards import MassLimits
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.factories.house import REGISTRATION
from tests.functional.web.conftest import LEARNERS, Site
from tests.functional.web.tab import Tab

QUIZ = {"rule.0.target": "quiz-1", "rule.0.minimum": "80"}


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


@pytest.fixture
def small(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site where three at once are a mass award, and ten minutes are left to undo it."""
    monkeypatch.setattr(site.course.house.settings, "mass_award_size", 2)
    # The pages hold these services already, and services do not change.
    object.__setattr__(site.services, "mass_limits", site.course.house.mass_limits)
    return site


def draft(site: Site) -> Tab:
    """Three learners did the quiz in August, one of them again in September; the editor of its badge."""
    august = site.course.clock.now() - timedelta(days=20)
    site.course.hear(*(site.course.score(name, 91.0, at=august) for name in ("ana", "ben", "cleo")))
    site.course.hear(site.course.score("cleo", 95.0))
    site.course.work()
    tab = Tab.at(site.open_session("instructor"), "/badges/new")
    return tab.press("add:rule:item_score", {"name": "Quiz master"}).press("publish", QUIZ)


def awards(site: Site) -> dict[str, Award]:
    names = {person.id: name for name, person in site.course.people.items()}
    with site.course.house.transactions(write=False) as unit:
        badge = next(one for one in unit.achievements.of_course(site.course.course.id) if one.name == "Quiz master")
        return {names[award.person_id]: award for award in unit.awards.of_achievement(badge.id)}


def test_those_who_qualify_get_it_now_and_their_number_is_said_before(site: Site) -> None:
    tab = draft(site)
    assert tab.has("Award 3 learners now")
    tab.press("Award 3 learners now")
    assert awards(site) == {}
    site.course.work()
    assert {name: award.state for name, award in awards(site).items()} == dict.fromkeys(
        ("ana", "ben", "cleo"), AwardState.ISSUED
    )


def test_only_work_from_a_day_on_counts_once_it_was_counted(site: Site) -> None:
    tab = draft(site).press("Count", {"since": "2026-09-01"})
    assert "1 meets the rule by work since then." in tab.text
    # Another day than the one counted is counted first.
    tab.press("publish:date", {"since": "2026-08-01"})
    assert "3 meet the rule by work since then." in tab.text
    assert awards(site) == {}
    tab.press("Count", {"since": "2026-09-01"}).press("publish:date")
    site.course.work()
    assert set(awards(site)) == {"cleo"}
    assert "Only work from 1 September 2026 on counts." in tab.text
    # What she did before does not count for Ana, whatever happens; what she does now does.
    site.course.clock.pass_time(days=1)
    site.course.hear(site.course.score("ana", 88.0))
    site.course.work()
    assert set(awards(site)) == {"ana", "cleo"}
    assert "0 of 1 done" in Tab.at(site.open_session(subject="ben"), "/my").text


def test_only_new_work_awards_nobody_now(site: Site) -> None:
    draft(site).press("Only from new work on")
    site.course.work()
    assert awards(site) == {}
    site.course.clock.pass_time(days=1)
    site.course.hear(site.course.score("ben", 99.0))
    site.course.work()
    assert set(awards(site)) == {"ben"}


def test_many_at_once_are_named_and_asked_a_second_time_and_undone_before_they_are_signed(small: Site) -> None:
    site, tab = small, draft(small)
    tab.press("Award 3 learners now")
    assert "Award 3 learners at once?" in tab.text
    for name in ("Ana", "Ben", "Cleo"):
        assert name in tab.text
    assert "Nothing is signed for 10 minutes" in tab.text
    site.course.work()
    assert awards(site) == {}
    tab.press("Yes, award 3 learners")
    site.course.work()
    made = awards(site)
    assert {award.state for award in made.values()} == {AwardState.AWARDED}
    assert len({award.batch_id for award in made.values()}) == 1
    tab = Tab.at(site.open_session("instructor"), f"/badges/{next(iter(made.values())).achievement_id}")
    tab.press("Undo all 3", {"reason": " "})
    assert "Say why the badges are withdrawn." in tab.text
    tab.press("Undo all 3", {"reason": "The rule was wrong."})
    assert "All of them are withdrawn, with your reason. The badge is paused." in tab.text
    site.course.work()
    site.course.clock.pass_time(minutes=11)
    site.course.work()
    assert {(one.state, one.cause) for one in awards(site).values()} == {(AwardState.REVOKED, Cause.UNDONE)}
    with site.course.house.transactions(write=False) as unit:
        assert [unit.credentials.get(award.id) for award in made.values()] == [None] * 3
    assert "By Ines. The rule was wrong." in Tab.at(site.open_session(subject="ana"), "/my").text
    # Resumed, they may earn it again: many at once, so that somebody is asked.
    site.open_session("instructor").post(f"/badges/{made['ana'].achievement_id}/resume")
    site.course.work()
    assert {one.period for one in awards(site).values()} == {"once"}


def test_signed_after_the_time_to_undo(small: Site) -> None:
    draft(small).press("Award 3 learners now").press("Yes, award 3 learners")
    small.course.work()
    small.course.clock.pass_time(minutes=11)
    small.course.work()
    assert {award.state for award in awards(small).values()} == {AwardState.ISSUED}


@pytest.mark.parametrize("says_yes", [True, False])
def test_what_nobody_confirmed_waits_for_the_teacher(small: Site, says_yes: bool) -> None:
    """As where a changed rule, or a reading, lets many qualify at once."""
    site = small
    draft(site).press("Only from new work on")
    site.course.work()
    with site.course.house.transactions() as unit:
        badge = next(one for one in unit.achievements.of_course(site.course.course.id) if one.name == "Quiz master")
        unit.achievements.save(replace(badge, award_from=AwardFrom.NOW))
        unit.achievements.note(badge, site.course.clock.now(), SYSTEM, "changed")
        unit.commit()
    EvaluateCourse(site.course.house.transactions, site.course.clock, site.course.house.mass_limits)(badge.course_id)
    # Neither do they get it one by one while she has not answered.
    site.course.hear(site.course.score("ana", 93.0, at=site.course.clock.now() + timedelta(seconds=1)))
    site.course.work()
    assert awards(site) == {}
    tab = Tab.at(site.open_session("instructor"), "/badges")
    assert "3 learners would get “Quiz master” at once, and wait for your yes" in tab.text
    tab.follow("Decide")
    assert "Ana Ben Cleo" in tab.text
    tab.press("Yes, award 3 learners" if says_yes else "No, only for new work")
    site.course.work()
    assert set(awards(site)) == ({"ana", "ben", "cleo"} if says_yes else set())


def test_what_a_reading_tells_of_many_at_once_waits_for_the_teacher(small: Site) -> None:
    """As where 500 grades of a course are taken over at once; what the LMS tells one by one is awarded one by one."""
    site = small
    site.course.house.ingest._most_at_once = 2
    site.course.clock.pass_time(days=1)
    draft(site).press("Only from new work on")
    site.course.work()
    site.course.clock.pass_time(minutes=1)
    told = [site.course.score(name, 93.0) for name in ("ana", "ben", "cleo")]
    site.course.house.ingest(REGISTRATION, told, tolerant=True, pushed=False)
    for _ in range(2):
        site.course.work()
        assert awards(site) == {}
        site.course.clock.pass_time(seconds=6)
    tab = Tab.at(site.open_session("instructor"), "/badges")
    assert "3 learners would get “Quiz master” at once, and wait for your yes" in tab.text
    tab.follow("Decide").press("Yes, award 3 learners")
    site.course.work()
    assert set(awards(site)) == {"ana", "ben", "cleo"}
    assert len({award.batch_id for award in awards(site).values()}) == 1


def test_a_wave_that_comes_in_parts_is_one_and_its_first_part_can_be_undone_as_one(small: Site) -> None:
    site = small
    site.course.house.ingest._most_at_once = 1
    site.course.clock.pass_time(days=1)
    draft(site).press("Only from new work on")
    for part in (("ana", "ben"), ("cleo", "dina")):
        site.course.clock.pass_time(minutes=1)
        told = [site.course.score(name, 93.0) for name in part]
        site.course.house.ingest(REGISTRATION, told, tolerant=True, pushed=False)
        site.course.work()
        site.course.clock.pass_time(seconds=6)
        site.course.work()
    assert set(awards(site)) == {"ana", "ben"}
    page = Tab.at(site.open_session("instructor"), f"/badges/{awards(site)['ana'].achievement_id}")
    assert page.has("Yes, award 2 learners")
    assert page.has("Undo all 2")


def test_a_small_number_needs_no_second_word(site: Site) -> None:
    assert not MassLimits(50).is_mass(len(LEARNERS))
    assert MassLimits(2).is_mass(3)
    assert not MassLimits().is_mass(10**6)
