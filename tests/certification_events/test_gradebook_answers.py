"""The gradebook that is asked and told over HTTP: answers that come too late, and columns of others."""

from __future__ import annotations

import pytest
import requests

from lti_tool.demo.waiting import until
from lti_tool.domain.capability import Light, capabilities
from lti_tool.domain.capability_line import Evidence
from tests.certification_events.lms import LMS, READ_ONLY, Asking
from tests.certification_events.looking import awarded, facts
from tests.factories.house import REGISTRATION

row = pytest.mark.row
RULE = {"type": "item_score", "item": f"{LMS}/lineitems/77", "minimum": 80, "unit": "percent"}


@row("EV47")
@pytest.mark.parametrize("late", [requests.ReadTimeout("late"), (504, {}, "")], ids=["no answer", "gateway"])
def test_ev47_a_score_that_was_written_after_our_timeout_is_written_once(asking: Asking, late: object) -> None:
    """The LMS keeps the score and we do not hear of it: it is told the same again, never with an earlier time."""
    lab, lms = asking.lab, asking.lms
    lab.publish()
    lab.hear(lab.score("ana", 90), lab.module("ana"))
    lms.after_post = lambda: late  # type: ignore[assignment,return-value]
    lab.work()
    lms.after_post = lambda: (200, {}, "")
    for _ in range(4):
        lab.clock.pass_time(minutes=2)
        lab.work()
    assert len(lms.posted) >= 2
    assert {(column, score["userId"], score["scoreGiven"]) for column, score in lms.posted} == {
        (f"{LMS}/lineitems/1", "ana", 1)
    }
    times = [score["timestamp"] for _, score in lms.posted]
    assert times == sorted(times)
    assert len(lms.columns) == 1
    with lab.house.transactions(write=False) as unit:
        [award] = unit.awards.of_course(lab.course.id)
        [delivery] = unit.deliveries.of_award(award.id)
    assert delivery.state == "delivered"


def test_the_whole_gradebook_is_read_where_sakai_shows_it(asking: Asking) -> None:
    asking.be("sakai")
    lab, lms = asking.lab, asking.lms
    lms.columns = {
        f"{LMS}/lineitems/77": {"label": "Midterm", "scoreMaximum": 50, READ_ONLY: True},
        f"{LMS}/lineitems/78": {"label": "Ours", "scoreMaximum": 1},
        f"{LMS}/lineitems/{'9' * 300}": {"label": "Too long", "scoreMaximum": 1, READ_ONLY: True},
    }
    lms.results[f"{LMS}/lineitems/77"] = [
        {"userId": "ana", "resultScore": 45, "resultMaximum": 50},
        {"userId": "ben", "resultScore": None},
    ]
    asking.read()
    lab.publish(RULE)
    lab.work()
    assert awarded(lab) == ["ana"]
    with lab.house.transactions(write=False) as unit:
        known = {activity.id: activity for activity in unit.courses.activities(lab.course.id)}
    assert (known[f"{LMS}/lineitems/77"].title, known[f"{LMS}/lineitems/77"].maximum) == ("Midterm", 50.0)
    assert f"{LMS}/lineitems/78" not in known
    assert "/lineitems/78/results" not in lms.asked
    lms.results[f"{LMS}/lineitems/77"][0]["resultScore"] = 20
    lab.clock.pass_time(minutes=5)
    asking.read()
    assert [fact.score for fact in facts(lab, "ana") if fact.target == RULE["item"]] == [20.0]
    until(lambda: _light(asking) is Light.GREEN, within=10, what="the whole gradebook in the diagnosis")


def test_elsewhere_only_our_own_columns_are_read(asking: Asking) -> None:
    asking.lms.columns = {f"{LMS}/lineitems/77": {"label": "Midterm", "scoreMaximum": 50}}
    for product in ("moodle", "", "sakai"):
        asking.be(product)
        asking.read()
        assert not any(path.endswith("/results") for path in asking.lms.asked)
        assert ("/lineitems" in asking.lms.asked) == (product == "sakai")
        assert _light(asking) is Light.AMBER


def _light(asking: Asking) -> Light:
    asking.lab.house.notebook.flush()
    with asking.lab.house.transactions(write=False) as unit:
        registration = unit.registrations.get(REGISTRATION)
        assert registration is not None
        seen = unit.observations.of_registration(REGISTRATION)
        evidence = Evidence.of(registration, asking.lab.clock.now(), seen, [])
    [line] = [one for one in capabilities(evidence) if one.key == "whole_gradebook"]
    return line.light
