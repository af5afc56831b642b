"""What an LMS is asked for: what events did not tell is found, said and repaired, with few calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.domain.capability import Light
from lti_tool.domain.learning_event import Standing
from lti_tool.domain.rhythm import Rhythm
from lti_tool.domain.sweeping import LONGEST
from lti_tool.sources.moodle.progress import Progress, plan
from lti_tool.usecases.ask_reading import AskReading
from lti_tool.usecases.ports import Repair
from lti_tool.usecases.probe_platform import diagnosis_of
from lti_tool.usecases.view_freshness import ViewFreshness
from tests.certification_events.looking import awarded, facts, read, score
from tests.factories.house import REGISTRATION, TestHouse
from tests.factories.lms import CountedLms

row = pytest.mark.row


@pytest.fixture
def lms(lab: TestHouse) -> CountedLms:
    """The platform's own services, beside a webhook that was heard a day ago."""
    made = CountedLms(lab.clock)
    lab.house.platform.sources.append(made)
    lab.hear(made.happens(lab.score("ana", 50)))
    lab.work()
    lab.clock.pass_time(days=1)
    lab.work()
    made.calls.clear()
    return made


def repairs(lab: TestHouse) -> list[Repair]:
    with lab.house.transactions(write=False) as unit:
        return unit.sweeps.repairs(lab.course.id)


def keep_house(lab: TestHouse) -> None:
    lab.house.handlers()["keep_house"]()
    lab.work()


def told(lab: TestHouse) -> list[tuple[str, str, object, object]]:
    names = {person.id: subject for subject, person in lab.people.items()}
    return [
        (repair.found.value, names[repair.person_id], repair.held and repair.held.score, repair.said.score)
        for repair in repairs(lab)
    ]


def test_a_grade_that_no_event_told_is_repaired_once_and_said(lab, lms):
    lms.happens(lab.score("ana", 90))
    lab.clock.pass_time(minutes=10)
    read(lab)
    read(lab)
    assert score(lab, "ana") == 90
    assert told(lab) == [("missed", "ana", 50, 90)]


def test_a_grade_that_was_just_given_is_news_and_its_event_changes_nothing(lab, lms):
    event = lms.happens(lab.score("ana", 90))
    lab.clock.pass_time(seconds=20)
    read(lab)
    lab.hear(event)
    lab.work()
    assert (score(lab, "ana"), told(lab)) == (90, [])


def test_what_waits_to_be_applied_was_told(lab, lms):
    """The worker was away, the web was not: the events are there, and only not used yet."""
    event = lms.happens(lab.score("ana", 90))
    lab.hear(event)
    lab.clock.pass_time(minutes=10)
    lab.house.handlers()["read_course"](lab.course.id)
    lab.work()
    assert (score(lab, "ana"), told(lab)) == (90, [])


def test_the_lms_is_right_where_an_event_said_otherwise(lab, lms):
    lab.hear(lab.score("ana", 99))
    lab.work()
    lab.clock.pass_time(minutes=10)
    read(lab)
    assert (score(lab, "ana"), told(lab)) == (50, [("corrected", "ana", 99, 50)])


def test_a_grade_that_is_taken_back_asks_the_teacher_and_can_come_back(lab, lms):
    lab.publish({"type": "item_score", "item": "quiz-1", "minimum": 50, "unit": "percent"})
    lab.work()
    assert awarded(lab) == ["ana"]
    given = lab.score("ana", 50, at=lab.clock.now() - timedelta(days=1))
    lms.takes_back(given)
    read(lab)
    assert (score(lab, "ana"), told(lab)) == (None, [("withdrawn", "ana", 50, None)])
    with lab.house.transactions(write=False) as unit:
        [award] = unit.awards.of_course(lab.course.id)
    assert award.flag == "regraded"
    lms.gone.clear()
    lms.happens(given)
    lab.clock.pass_time(minutes=10)
    read(lab)
    assert score(lab, "ana") == 50


def test_a_completion_that_is_taken_back_is_not_complete(lab, lms):
    done = lms.happens(lab.module("ben"))
    lab.hear(done)
    lab.work()
    lab.clock.pass_time(minutes=10)
    lms.takes_back(done)
    read(lab)
    assert [fact.completed for fact in facts(lab, "ben")] == [False]
    assert [repair.found for repair in repairs(lab)] == ["withdrawn"]


def test_what_the_lms_deleted_earns_nothing_and_takes_nothing_away(lab, lms):
    lms.happens(lab.score("ben", 90))
    read(lab)
    lab.clock.pass_time(minutes=10)
    lms.truth = {key: event for key, event in lms.truth.items() if key[1] != "ben"}
    read(lab)
    [fact] = facts(lab, "ben")
    assert (fact.standing, fact.counts) == (Standing.DELETED, False)


def test_who_has_left_keeps_what_she_has(lab, lms):
    read(lab)
    lab.platform.members = [member for member in lab.platform.members if member.subject != "ana"]
    lab.clock.pass_time(minutes=10)
    read(lab)
    assert (score(lab, "ana"), told(lab)) == (50, [])


def test_a_learner_asks_for_herself_alone_and_not_all_the_time(lab, lms):
    ask = AskReading(lab.house.transactions, lab.clock)
    ana = lab.people["ana"].id
    assert ask.learner(lab.course.id, ana)
    lab.work()
    assert not ask.learner(lab.course.id, ana)
    assert ask.learner(lab.course.id, lab.people["ben"].id)
    assert ask.course(lab.course.id)
    assert not ask.course(lab.course.id)
    lab.work()
    assert lms.calls == ["course-1:ana", "course-1:ben", "course-1"]
    lab.clock.pass_time(seconds=61)
    assert ask.learner(lab.course.id, ana)


@pytest.mark.parametrize(("seconds", "expected"), [(0.2, 300), (7.0, 350), (60.0, 900)])
def test_how_often_a_course_is_read_follows_from_what_it_costs(lab, lms, seconds, expected):
    lms.seconds = seconds
    read(lab)
    with lab.house.transactions(write=False) as unit:
        wait = unit.courses.reading(lab.course.id).next_at - lab.clock.now()
        [state] = [state for state in unit.sweeps.of_course(lab.course.id) if state.source == "lms"]
    assert (round(wait.total_seconds()), state.seconds) == (expected, seconds)


@pytest.mark.slow
def test_a_day_of_readings_costs_no_call_too_many(lab, lms):
    """Housekeeping every half minute asks once a period, whatever happens in between."""
    lms.seconds = 9.0
    ideal, begun = 0, lab.clock.now()
    while lab.clock.now() - begun < timedelta(hours=6):
        keep_house(lab)
        lab.clock.pass_time(seconds=30)
        if ideal % 7 == 0:
            lab.hear(lms.happens(lab.score("ana", 60 + ideal % 40)))
        ideal += 1
    assert 1 <= len(lms.calls) <= 1.2 * (6 * 3600 / 450)


def test_a_course_that_fails_is_not_asked_for_again_beside_its_own_retries(lab, lms, monkeypatch):
    def fails(*_):
        lms.calls.append("failed")
        raise ConnectionError("the LMS is away")

    monkeypatch.setattr(lms, "read", fails)
    begun = lab.clock.now()
    while lab.clock.now() - begun < timedelta(minutes=14):
        keep_house(lab)
        lab.clock.pass_time(seconds=30)
    assert len(lms.calls) <= 14


def test_a_course_where_nothing_happens_any_more_is_read_once_a_day(lab, lms):
    lab.clock.pass_time(days=40)
    read(lab)
    calls = len(lms.calls)
    lab.clock.pass_time(hours=20)
    keep_house(lab)
    assert len(lms.calls) == calls
    lab.clock.pass_time(hours=5)
    keep_house(lab)
    assert len(lms.calls) == calls + 1


@row("EV46")
def test_a_person_whom_a_changing_list_lost_is_asked_for_again(lab, lms):
    """A roster that shifts between two pages can skip somebody: who left is missing twice."""
    everybody, listed = list(lab.platform.members), []

    class Shifting:
        def read(self, registration, course):
            listed.append(course)
            return everybody[1:] if len(listed) == 1 else everybody

    lab.platform.members = everybody
    read(lab)
    reader = lab.house.handlers()["read_course"]
    reader._roster = Shifting()
    reader(lab.course.id)
    with lab.house.transactions(write=False) as unit:
        assert all(enrolment.active for _, enrolment in unit.people.enrolled(lab.course.id))
    assert len(listed) == 2


@row("EV46")
def test_what_is_stored_late_with_an_earlier_date_is_not_skipped(lab):
    """The watermark overlaps: a grade of a moment before the newest known is asked about, once."""
    before = Progress(since=10_000, recent={"1": 10_000})
    signs = {"1": 10_000, "2": 9_990, "3": 100}
    made = plan(["1", "2", "3"], before, before.moved(signs), turn=0)
    assert made.ask == ("2",)
    after = made.carried_out(before, signs, {"2"}, now=20_000, unsettled=60)
    assert after.moved(signs) == frozenset()


def school(lab: TestHouse, weeks: int = 3) -> Rhythm:
    """Heard every two minutes of every hour, for weeks until now."""
    now = lab.clock.now()
    counts = dict.fromkeys(range(7 * 24), (30,) * weeks)
    began = now - timedelta(weeks=weeks)
    return Rhythm(began, now, now, now.replace(minute=0, second=0, microsecond=0), 0, counts)


@row("EV48")
def test_a_sender_that_was_switched_off_is_noticed_and_what_it_does_not_tell_is_found(lab, lms):
    with lab.house.transactions() as unit:
        unit.hearings.save(REGISTRATION, "webhook", school(lab))
        unit.courses.save_reading(lab.course.id, next_at=lab.clock.now() + LONGEST * 9, active_at=lab.clock.now())
        unit.commit()
    fell_silent = lab.clock.now()
    lms.happens(lab.score("ana", 90))
    calls = len(lms.calls)
    while len(lms.calls) == calls:
        lab.clock.pass_time(seconds=30)
        keep_house(lab)
        assert lab.clock.now() - fell_silent <= timedelta(minutes=30)
    assert (score(lab, "ana"), told(lab)) == (90, [("missed", "ana", 50, 90)])
    assert repairs(lab)[0].why == "silence"
    with lab.house.transactions(write=False) as unit:
        lines = {line.key: line for line in diagnosis_of(unit, unit.registrations.get(REGISTRATION), lab.clock)}
    assert (lines["events"].light, lines["events"].word) == (Light.RED, "Silent")
    page = ViewFreshness(lab.house.transactions, lab.clock, lab.house.settings.tenant).platform(REGISTRATION)
    assert page.senders["webhook"].silent_since == lab.clock.now()
    assert page.courses[0].silent
    lab.hear(lab.score("ben", 10))
    lab.work()
    page = ViewFreshness(lab.house.transactions, lab.clock, lab.house.settings.tenant).platform(REGISTRATION)
    assert page.senders["webhook"].silent_since is None


@row("EV48")
def test_results_that_a_sender_should_have_told_show_its_silence_at_once(lab, lms):
    """Also where too little is known of its habits."""
    for name in ("ana", "ben", "cleo"):
        lms.happens(lab.score(name, 90))
    lab.clock.pass_time(minutes=10)
    read(lab)
    with lab.house.transactions(write=False) as unit:
        assert unit.hearings.get(REGISTRATION, "webhook").silent_since == lab.clock.now()


@row("EV48")
def test_a_sender_that_may_be_silent_raises_no_alarm(lab, lms):
    """It was never heard at this hour of the week."""
    night = replace(school(lab), counts=dict.fromkeys(range(7 * 24), (0, 0, 0)))
    with lab.house.transactions() as unit:
        unit.hearings.save(REGISTRATION, "webhook", night)
        unit.commit()
    lab.clock.pass_time(hours=3)
    keep_house(lab)
    with lab.house.transactions(write=False) as unit:
        assert unit.hearings.get(REGISTRATION, "webhook").silent_since is None
    assert datetime(2026, 1, 1, tzinfo=UTC) < lab.clock.now()
