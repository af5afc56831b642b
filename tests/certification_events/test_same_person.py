"""One person whom the platform names anew: by another ``sub``, or after her accounts were merged."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.domain.aliases import Alias, AliasKind
from lti_tool.lti import claims as c
from lti_tool.usecases.ports import Member
from tests.certification_events.hooks import Hooks
from tests.certification_events.looking import awards, facts, parked, read
from tests.factories.house import TestHouse
from tests.factories.whole_site import LEARNER

row = pytest.mark.row
LEGACY = {c.LTI11_USER_ID: "old-4711"}


def told(subject: str, legacy: str = "old-4711", **more: Any) -> Member:
    return Member(subject, ("Learner",), name="Ana", aliases=(Alias(AliasKind.LTI11_USER_ID, legacy),), **more)


@row("EV24")
def test_ev24_a_changed_sub_is_linked_once_and_earns_no_second_badge(hooks: Hooks) -> None:
    lab = hooks.site.course
    hooks.site.launch("ana", LEARNER, **LEGACY)
    hooks.told(hooks.body(), hooks.module())
    [award] = awards(lab)
    for _ in range(2):
        page = hooks.site.launch("ana-of-today", LEARNER, **LEGACY)
        assert "Lab safety" in page.get("/my-badges").text or "Lab safety" in page.first.text
    hooks.told(hooks.body("ana-of-today", score={"given": 95, "maximum": 100}), hooks.module("ana-of-today"))
    assert [(one.id, one.person_id) for one in awards(lab)] == [(award.id, award.person_id)]
    lab.clock.pass_time(minutes=1)
    hooks.told(hooks.body("ana", score={"given": 97, "maximum": 100}))
    assert {fact.score for fact in facts(lab, "ana-of-today") if fact.target == "quiz-1"} == {97.0}
    with lab.house.transactions(write=False) as unit:
        assert unit.people.find("reg-1", "1", "ana") is None
        assert len(unit.people.enrolled(lab.course.id)) == len(lab.people)


@row("EV24")
def test_ev24_two_accounts_that_become_one_keep_one_badge(lab: TestHouse) -> None:
    lab.publish()
    lab.platform.members = [told("ana", "old-1"), told("ben", "old-2")]
    read(lab)
    lab.hear(lab.score("ana", 90), lab.module("ana"))
    lab.work()
    [award] = awards(lab)
    lab.platform.members = [told("ben", "old-1")]
    for _ in range(2):
        read(lab)
    lab.hear(lab.score("ben", 95), lab.module("ben"))
    lab.work()
    [kept] = awards(lab)
    assert (kept.id, kept.person_id) == (award.id, lab.people["ben"].id)
    with lab.house.transactions(write=False) as unit:
        assert [entry.action for entry in unit.awards.history(award.id)].count("linked") == 1
    lab.clock.pass_time(minutes=1)
    lab.hear(lab.score("ana", 99, "late"))
    lab.work()
    assert (parked(lab), {fact.score for fact in facts(lab, "ben") if fact.target == "quiz-1"}) == ({}, {99.0})


@row("EV24")
def test_ev24_nobody_is_linked_by_a_name_that_two_bear_or_that_a_teacher_wrote(hooks: Hooks) -> None:
    lab = hooks.site.course
    lab.platform.members = [told("ana"), Member("ben", ("Learner",))]
    read(lab)
    lab.platform.members = [told("ana"), told("ben")]
    read(lab)
    hooks.site.launch("cleo", LEARNER, **{c.CUSTOM: {"lti11_legacy_user_id": "old-4711", "lti11_user_id": "old-4711"}})
    lab.platform.members = [Member("ana", ("Learner",)), told("ben")]
    read(lab)
    hooks.told(hooks.body("ana"), hooks.module("ana"), hooks.body("ben"))
    assert [award.person_id for award in awards(lab)] == [lab.people["ana"].id]
    assert all(len(facts(lab, name)) for name in ("ana", "ben"))


@row("EV24")
def test_ev24_what_waits_under_the_name_from_before_is_applied(lab: TestHouse) -> None:
    lab.platform.members = [told("ana")]
    read(lab)
    lab.platform.members = [told("ana-of-today")]
    read(lab)
    lab.hear(lab.score("ana", 80, deployment_id="1"))
    lab.work()
    assert (parked(lab), [fact.score for fact in facts(lab, "ana-of-today")]) == ({}, [80.0])
