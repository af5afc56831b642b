"""Events that call people and courses by other names, that come too early, or that do not count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lti_tool.domain.aliases import Alias, AliasKind, CourseAlias, CourseAliasKind
from lti_tool.domain.identity import Person
from lti_tool.domain.learning_event import Standing
from lti_tool.usecases.ports import Member
from tests.certification_events.looking import awarded, awards, facts, parked, read
from tests.factories.house import REGISTRATION, TestHouse

row = pytest.mark.row


def by_number(lab: TestHouse, number: str, **more):
    return lab.score(number, 90, subject_kind=AliasKind.LMS_USER_ID, **more)


def test_an_event_finds_its_learner_by_a_number_of_the_lms(lab):
    lab.platform.members[0] = Member("ana", ("Learner",), aliases=(Alias(AliasKind.LMS_USER_ID, "71"),))
    read(lab)
    lab.hear(by_number(lab, "71"))
    lab.work()
    assert [fact.score for fact in facts(lab, "ana")] == [90]


def test_an_event_finds_its_course_by_its_number(lab):
    told = CourseAlias(CourseAliasKind.LMS_COURSE_ID, "1207")
    lab.hear(lab.score("ana", 90, context="1207", context_kind=CourseAliasKind.LMS_COURSE_ID))
    lab.work()
    assert parked(lab) == {"event.course_unknown": 1}
    with lab.house.transactions() as unit:
        assert unit.courses.save_aliases(lab.course, [told])
        assert not unit.courses.save_aliases(lab.course, [told])
        unit.commit()
    read(lab)
    assert (parked(lab), [fact.score for fact in facts(lab, "ana")]) == ({}, [90])


def test_a_course_keeps_its_number_when_another_claims_it(lab):
    with lab.house.transactions() as unit:
        unit.courses.save_aliases(lab.course, [CourseAlias(CourseAliasKind.SIS_COURSE_ID, "BIO-1")])
        other = replace(lab.course, id="other", context_id="course-2")
        unit.courses.save(other)
        assert not unit.courses.save_aliases(other, [CourseAlias(CourseAliasKind.SIS_COURSE_ID, "BIO-1")])
        assert [course.id for course in unit.courses.by_alias(REGISTRATION, "sis_course_id", "BIO-1")] == [
            lab.course.id
        ]


@row("EV15")
def test_a_grade_before_its_enrolment_waits_and_is_applied_once(lab):
    lab.publish()
    lab.hear(lab.score("dora", 90), lab.module("dora"))
    lab.work()
    assert (parked(lab), awards(lab)) == ({"event.person_unknown": 2}, [])
    lab.platform.members.append(Member("dora", ("Learner",)))
    read(lab)
    assert (parked(lab), len(awards(lab)), len(facts(lab, "dora"))) == ({}, 1, 3)
    read(lab)
    assert len(awards(lab)) == 1


@row("EV15")
def test_a_learner_of_another_course_is_not_known_in_this_one(lab):
    """She is a person of the platform; that she belongs to this course only a launch or the roster says."""
    with lab.house.transactions() as unit:
        unit.people.save(Person("p-eve", REGISTRATION, "1", "eve"))
        unit.commit()
    lab.hear(lab.score("eve", 90))
    lab.work()
    assert (parked(lab), facts(lab, "eve")) == ({"event.person_unknown": 1}, [])


@row("EV15")
def test_an_event_by_number_waits_until_the_roster_tells_the_number(lab):
    lab.publish()
    lab.hear(by_number(lab, "71"), lab.module("ana"))
    lab.work()
    assert parked(lab) == {"event.person_unknown": 1}
    lab.platform.members[0] = Member("ana", ("Learner",), aliases=(Alias(AliasKind.LMS_USER_ID, "71"),))
    read(lab)
    assert (parked(lab), awarded(lab)) == ({}, ["ana"])


@row("EV25")
def test_what_comes_of_a_deleted_learner_waits_for_her_return(lab):
    lab.publish()
    lab.platform.members[0] = Member("ana", ("Learner",), "Deleted")
    read(lab)
    lab.hear(lab.score("ana", 90), lab.module("ana"))
    lab.work()
    assert (parked(lab), facts(lab, "ana"), awards(lab)) == ({"event.subject_gone": 2}, [], [])
    lab.platform.members[0] = Member("ana", ("Learner",))
    read(lab)
    assert (parked(lab), awarded(lab)) == ({}, ["ana"])


@row("EV26")
def test_an_event_of_an_unknown_course_waits_where_the_administrator_sees_it(lab):
    lab.hear(lab.score("ana", 90, context="nowhere"), lab.score("ana", 90, deployment_id="9"))
    lab.work()
    assert (parked(lab), facts(lab, "ana")) == ({"event.course_unknown": 2}, [])


@row("EV30")
@pytest.mark.parametrize("standing", ["hidden", "excused", "ungraded", "deleted"])
def test_a_grade_that_does_not_count_earns_nothing_until_it_does(lab, standing):
    lab.publish()
    lab.hear(lab.score("ana", 95, standing=standing), lab.module("ana"))
    lab.work()
    [score] = [fact for fact in facts(lab, "ana") if fact.target == "quiz-1"]
    assert (score.standing, awards(lab)) == (standing, [])
    lab.clock.pass_time(minutes=1)
    lab.hear(lab.score("ana", 95, standing=Standing.COUNTS))
    lab.work()
    assert awarded(lab) == ["ana"]


@row("EV30")
def test_hiding_a_grade_takes_no_badge_away_and_asks_nobody(lab):
    lab.publish()
    lab.hear(lab.score("ana", 95), lab.module("ana"))
    lab.work()
    lab.clock.pass_time(minutes=1)
    lab.hear(lab.score("ana", 10, standing=Standing.HIDDEN))
    lab.work()
    [award] = awards(lab)
    assert (award.flag, award.state) == ("", "issued")
