"""Badges that are not published, badges that change, and the switch that halts all issuing."""

from __future__ import annotations

import pytest

from lti_tool.bootstrap.house import assemble
from lti_tool.domain.errors import BadgeToolError
from lti_tool.jobs.worker import LEASE
from lti_tool.usecases.edit_achievement import AchievementForm, EditAchievement
from lti_tool.usecases.halt_issuing import HaltIssuing
from tests.certification_events.looking import awarded, awards, facts, read
from tests.factories.house import RULE, TestHouse, draw_any

row = pytest.mark.row


def switch(lab: TestHouse) -> HaltIssuing:
    return HaltIssuing(lab.house.transactions, lab.clock, lab.house.settings.tenant)


@row("EV40")
def test_events_for_a_badge_that_is_not_published_are_recorded_and_award_nothing(lab: TestHouse) -> None:
    edit = EditAchievement(lab.house.transactions, lab.clock)
    edit.create(lab.course.id, AchievementForm("Draft", "Not yet.", RULE, draw_any()))
    lab.hear(lab.score("ana", 90), lab.module("ana"))
    lab.work()
    assert (len(facts(lab, "ana")), awards(lab)) == (2, [])


@row("EV40")
def test_events_for_a_paused_badge_award_nothing_until_it_goes_on(lab: TestHouse) -> None:
    badge = lab.publish()
    edit = EditAchievement(lab.house.transactions, lab.clock)
    edit.pause(lab.course.id, badge.id, paused=True)
    lab.hear(lab.score("ana", 90), lab.module("ana"))
    lab.work()
    assert (len(facts(lab, "ana")), awards(lab)) == (2, [])
    edit.pause(lab.course.id, badge.id, paused=False)
    lab.work()
    assert awarded(lab) == ["ana"]


@row("EV41")
def test_an_award_names_the_version_that_was_in_force_when_it_was_weighed(lab: TestHouse) -> None:
    badge = lab.publish()
    lab.hear(lab.score("ben", 85), lab.module("ben"))
    lab.work()
    lab.hear(lab.score("ana", 55))
    easier = {"type": "item_score", "item": "quiz-1", "minimum": 50}
    EditAchievement(lab.house.transactions, lab.clock).change(
        lab.course.id, badge.id, AchievementForm("Lab safety", "Easier now.", easier)
    )
    lab.work()
    versions = {award.person_id: award for award in awards(lab)}
    mine, before = versions[lab.people["ana"].id], versions[lab.people["ben"].id]
    assert (before.achievement_version, len(before.evaluation["parts"])) == (1, 2)
    assert (mine.achievement_version, mine.evaluation["minimum"], mine.evaluation["observed"]) == (2, 50, 55)


def test_while_issuing_is_halted_events_come_in_and_nothing_is_awarded(lab: TestHouse) -> None:
    lab.publish()
    switch(lab).halt("A key may be known to others.")
    lab.hear(lab.score("ana", 90), lab.module("ana"))
    lab.work()
    assert (len(facts(lab, "ana")), awards(lab), lab.platform.posts) == (2, [], [])
    state = switch(lab).state()
    assert state is not None
    assert (state.since, state.reason) == (lab.clock.now(), "A key may be known to others.")
    assert switch(lab).resume()
    lab.work()
    assert awarded(lab) == ["ana"]
    assert len(lab.platform.posts) == 1
    assert not switch(lab).resume()


def test_what_was_awarded_and_not_signed_when_issuing_halted_is_signed_afterwards(lab: TestHouse) -> None:
    lab.publish()
    lab.hear(lab.score("ana", 90), lab.module("ana"))
    handlers = lab.house.handlers()
    [event_work] = lab.house.queue.claim(LEASE, 5, {"apply_events"})
    handlers["apply_events"](**event_work.payload)
    handlers["evaluate_learner"](lab.course.id, lab.people["ana"].id)
    switch(lab).halt("")
    lab.work()
    [award] = awards(lab)
    assert award.state == "awarded"
    with pytest.raises(BadgeToolError) as refused:
        lab.house.issue(award.id, "did:key:z6Mk")
    assert (refused.value.code, refused.value.status) == ("issuing.halted", 503)
    switch(lab).resume()
    lab.work()
    assert [award.state for award in awards(lab)] == ["issued"]


def test_a_halt_stands_whatever_another_process_has_read(lab: TestHouse) -> None:
    """There is nothing to expire: another process asks the database at each decision."""
    lab.publish()
    other = assemble(lab.house.settings, lab.clock)
    HaltIssuing(other.transactions, lab.clock, other.settings.tenant).halt("from elsewhere")
    lab.hear(lab.score("ana", 90), lab.module("ana"))
    lab.work()
    read(lab)
    assert awards(lab) == []
    other.engine.dispose()
