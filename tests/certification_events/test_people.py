"""Of whom an event speaks, and who can earn anything with it."""

from __future__ import annotations

import pytest

from lti_tool.usecases.ports import Member
from tests.certification_events.hooks import Hooks
from tests.certification_events.looking import awarded, awards, facts, parked, read
from tests.factories.whole_site import ASSISTANT, INSTRUCTOR, LEARNER, MEMBERSHIP, TEST_USER

row = pytest.mark.row


@row("EV15")
def test_ev15_a_grade_before_its_enrolment_waits_and_is_applied_by_the_first_launch(hooks: Hooks) -> None:
    hooks.told(hooks.body("dora"), hooks.module("dora"))
    assert (parked(hooks.site.course), awards(hooks.site.course)) == ({"event.person_unknown": 2}, [])
    hooks.site.launch("dora", LEARNER)
    hooks.site.course.work()
    assert (parked(hooks.site.course), len(awards(hooks.site.course))) == ({}, 1)


@row("EV17")
def test_ev17_a_lower_grade_after_the_award_flags_it_once(hooks: Hooks) -> None:
    hooks.told(hooks.body(), hooks.module())
    hooks.site.course.clock.pass_time(minutes=1)
    for _ in range(2):
        hooks.told(hooks.body(score={"given": 10, "maximum": 100}))
    [award] = awards(hooks.site.course)
    assert (award.flag, award.state) == ("regraded", "issued")
    with hooks.site.course.house.transactions(write=False) as unit:
        assert [entry.action for entry in unit.awards.history(award.id)].count("flagged") == 1


@row("EV22")
def test_ev22_who_acted_is_not_who_is_graded(hooks: Hooks) -> None:
    """Names beside `user_id` are not read: Moodle's `userid` is whoever graded, `relateduserid` the learner."""
    hooks.told(hooks.body("ben", userid="ana", actor={"id": "ana"}, grader_id="ana"), hooks.module("ben"))
    assert (awarded(hooks.site.course), facts(hooks.site.course, "ana")) == (["ben"], [])


@row("EV23")
def test_ev23_whoever_is_no_learner_earns_nothing(hooks: Hooks) -> None:
    roles = (INSTRUCTOR, f"{MEMBERSHIP}#Mentor", TEST_USER, f"{MEMBERSHIP}#Administrator", ASSISTANT)
    hooks.site.course.platform.members += [Member(f"p{number}", (role,)) for number, role in enumerate(roles)]
    read(hooks.site.course)
    for number in range(len(roles)):
        hooks.told(hooks.body(f"p{number}"), hooks.module(f"p{number}"))
        assert len(facts(hooks.site.course, f"p{number}")) == 2
    assert awards(hooks.site.course) == []


@row("EV25")
def test_ev25_what_comes_of_a_deleted_learner_is_parked_and_seen(hooks: Hooks) -> None:
    hooks.site.course.platform.members[0] = Member("ana", ("Learner",), "Deleted")
    read(hooks.site.course)
    hooks.told(hooks.body(), hooks.module())
    assert (parked(hooks.site.course), awards(hooks.site.course)) == ({"event.subject_gone": 2}, [])
    assert "event.subject_gone" in hooks.site.operator().get("/admin/platforms/reg-1/events").text
