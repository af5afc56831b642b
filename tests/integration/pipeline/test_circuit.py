"""One sick platform is left alone, its work waits without being tried in vain, and no other platform's work waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lti_tool.delivery.errors import DeliveryError
from lti_tool.domain.sweeping import Why
from lti_tool.lti.service_errors import ServiceError
from lti_tool.usecases import work
from lti_tool.usecases.platform_circuit import PlatformCircuits, Resting
from tests.factories.house import REGISTRATION, make_house

LEARNERS = [f"learner-{number}" for number in range(8)]
AWAY = ServiceError("gradebook.unavailable", "The platform answered with an error (HTTP 503).", status=503)


@pytest.fixture
def lab(migrated_database_url, tmp_path):
    made = make_house(migrated_database_url, tmp_path, LEARNERS)
    made.publish()
    yield made
    made.house.engine.dispose()


class Sick:
    """Stands before the gradebook; counts the calls while it is ill."""

    def __init__(self, lab, error):
        self.calls, self.error, self.answer = 0, error, lab.platform.post_score
        lab.platform.post_score = self

    def __call__(self, *args, **more):
        self.calls += 1
        if self.error:
            raise self.error
        return self.answer(*args, **more)


def circuit(lab):
    with lab.house.transactions(write=False) as unit:
        return unit.circuits.get(REGISTRATION)


def award_all(lab):
    lab.hear(*[event for name in LEARNERS for event in (lab.score(name, 90), lab.module(name))])
    lab.work()


def test_after_five_failures_nobody_calls_until_one_may_try(lab):
    sick = Sick(lab, AWAY)
    award_all(lab)
    assert sick.calls == 5
    opened = circuit(lab)
    assert (opened.failures, opened.last_error, opened.is_open) == (5, "gradebook.unavailable", True)
    # Its work is not even claimed: it waits where it is, and loses none of its tries.
    lab.work()
    assert sick.calls == 5
    assert lab.house.queue.waiting()["deliver_to_gradebook"] == len(LEARNERS)
    for _ in range(3):
        lab.clock.at = circuit(lab).retry_at + timedelta(seconds=1)
        calls = sick.calls
        lab.work()
        assert sick.calls == calls + 1, "one call tries it"
        assert circuit(lab).is_open
    sick.error = None
    lab.clock.pass_time(minutes=30)
    lab.work()
    assert circuit(lab) is None
    assert len(lab.platform.scores) == len(LEARNERS)


def test_badges_are_issued_and_another_platform_is_served_meanwhile(lab):
    Sick(lab, AWAY)
    award_all(lab)
    with lab.house.transactions() as unit:
        assert {award.state for award in unit.awards.of_course(lab.course.id)} == {"issued"}
        unit.outbox.add("rename_column", {"course_id": "x", "achievement_id": "y"}, platform="another")
        work.read_course(unit, lab.course.id, Why.DUE)
        unit.commit()
    lab.work()
    assert "rename_column" not in lab.house.queue.waiting()
    assert lab.house.queue.waiting()["read_course"] == 1


@pytest.mark.parametrize(
    ("error", "opens"),
    [
        (ServiceError("gradebook.refused", "…", status=429, retry_after=40.0), True),
        (ServiceError("gradebook.refused", "…", status=404), False),
        (ServiceError("token.refused", "…", status=401), False),
    ],
    ids=["a named time", "a deleted column", "a refused token"],
)
def test_only_what_the_platform_suffers_from_opens_it(lab, error, opens):
    circuits = PlatformCircuits(lab.house.transactions, lambda: 0.0)
    circuits.failed(REGISTRATION, circuits.admit(REGISTRATION), error)
    if not opens:
        circuits.admit(REGISTRATION)
        assert circuit(lab) is None
        return
    with pytest.raises(Resting) as resting:
        circuits.admit(REGISTRATION)
    assert resting.value.retry_after == 40.0
    lab.clock.pass_time(seconds=40)
    trial = circuits.admit(REGISTRATION)
    assert trial.trial
    with pytest.raises(Resting):  # while the one tries
        circuits.admit(REGISTRATION)
    circuits.answered(REGISTRATION, trial)
    assert circuits.admit(REGISTRATION) == type(trial)()


def test_a_success_in_between_begins_the_count_anew(lab):
    circuits = PlatformCircuits(lab.house.transactions, lambda: 0.0)
    for turn in range(12):
        admission = circuits.admit(REGISTRATION)
        if turn % 4 == 3:
            circuits.answered(REGISTRATION, admission)
        else:
            circuits.failed(REGISTRATION, admission, DeliveryError("x.y", "…", permanent=False))
    assert circuit(lab) is None
