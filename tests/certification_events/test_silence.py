"""A platform whose subscription ended without a word: its webhooks stop, and nobody says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.domain.rhythm import Rhythm
from lti_tool.domain.sweeping import LONGEST
from lti_tool.usecases.ports import CourseNews
from tests.certification_events.hooks import Hooks
from tests.certification_events.looking import score
from tests.factories.house import REGISTRATION


@pytest.mark.row("EV48")
def test_ev48_webhooks_that_stopped_are_noticed_within_half_an_hour_and_made_up_for(hooks: Hooks) -> None:
    lab = hooks.site.course
    hooks.told(hooks.body(score={"given": 10, "maximum": 100}))
    silent_from, weeks = lab.clock.now(), 3
    usual = dict.fromkeys(range(7 * 24), (30,) * weeks)
    hour = silent_from.replace(minute=0, second=0, microsecond=0)
    with lab.house.transactions() as unit:
        habit = Rhythm(silent_from - timedelta(weeks=weeks), silent_from, silent_from, hour, 0, usual)
        unit.hearings.save(REGISTRATION, "webhook", habit)
        unit.courses.save_reading(lab.course.id, next_at=silent_from + 9 * LONGEST, active_at=silent_from)
        unit.commit()
    missed = lab.score("ana", 90, "missed", at=silent_from + timedelta(seconds=1))
    lab.platform.news = [CourseNews([missed]) for _ in range(40)]
    keep_house = lab.house.handlers()["keep_house"]
    while score(lab, "ana") != 90:
        lab.clock.pass_time(minutes=1)
        assert lab.clock.now() - silent_from <= timedelta(minutes=30)
        keep_house()
        lab.work()
    with lab.house.transactions(write=False) as unit:
        rhythm = unit.hearings.get(REGISTRATION, "webhook")
    assert rhythm is not None
    assert rhythm.silent_since is not None
    hooks.told(hooks.module())
    with lab.house.transactions(write=False) as unit:
        rhythm = unit.hearings.get(REGISTRATION, "webhook")
    assert rhythm is not None
    assert rhythm.silent_since is None, "it is heard again"
