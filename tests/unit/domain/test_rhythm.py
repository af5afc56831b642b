"""When a sender's silence is longer than its own history explains."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.rhythm import Rhythm
from lti_tool.domain.sweeping import DORMANT, LONGEST, period

MONDAY = datetime(2026, 8, 31, tzinfo=UTC)
SCHOOL_HOURS = range(8, 16)
MINUTE = timedelta(minutes=1)


def weeks_of_school(count: int, every: timedelta = 3 * MINUTE) -> Rhythm:
    """From Monday on, five days a week, from eight to four."""
    rhythm: Rhythm | None = None
    for day in range(count * 7):
        for hour in SCHOOL_HOURS if day % 7 < 5 else ():
            at = MONDAY + timedelta(days=day, hours=hour)
            while at.hour == hour:
                rhythm = rhythm.heard(at) if rhythm else Rhythm.begun(at)
                at += every
    assert rhythm is not None
    return rhythm


def silence_found(rhythm: Rhythm, start: datetime, until: timedelta) -> timedelta | None:
    """How long after `start` it is noticed, looking every half minute."""
    at = start
    while at < start + until:
        if rhythm.is_unexplained(at):
            return at - start
        at += timedelta(seconds=30)
    return None


def test_nights_and_weekends_are_no_silence():
    friday = weeks_of_school(3)
    assert silence_found(friday, friday.heard_at, timedelta(days=2, hours=16)) is None


def test_a_silent_monday_is_noticed_within_half_an_hour():
    found = silence_found(weeks_of_school(3), MONDAY + timedelta(days=21, hours=8), timedelta(hours=2))
    assert found is not None
    assert timedelta(minutes=10) < found <= timedelta(minutes=30)


def test_a_sender_that_stops_in_the_middle_of_the_day_is_noticed_within_half_an_hour():
    rhythm, at = weeks_of_school(3), MONDAY + timedelta(days=21, hours=8)
    while at.hour < 10:
        rhythm, at = rhythm.heard(at), at + 3 * MINUTE
    found = silence_found(rhythm, rhythm.heard_at, timedelta(hours=2))
    assert found is not None
    assert found <= timedelta(minutes=30)


def test_in_its_first_week_other_days_stand_in():
    """Monday to Wednesday are enough to expect something on Thursday, and nothing on Saturday."""
    rhythm = weeks_of_school(1)
    wednesday = replace(rhythm, counts={hour: told for hour, told in rhythm.counts.items() if hour < 72})
    assert wednesday.least(MONDAY + timedelta(days=3, hours=9)) == 20
    assert wednesday.least(MONDAY + timedelta(days=5, hours=9)) == 0
    assert Rhythm.begun(MONDAY).least(MONDAY + timedelta(days=1)) == 0


def test_one_exam_does_not_make_every_monday_an_alarm():
    rhythm = weeks_of_school(3, timedelta(minutes=50))
    for second in range(0, 3000, 10):
        rhythm = rhythm.heard(MONDAY + timedelta(days=21, hours=9, seconds=second))
    assert rhythm.heard(MONDAY + timedelta(days=22)).least(MONDAY + timedelta(days=28, hours=9)) <= 2


def test_a_silence_that_nothing_explained_is_not_learnt():
    rhythm = weeks_of_school(3)
    noticed = MONDAY + timedelta(days=21, hours=9)
    back = rhythm.fell_silent(noticed).heard(noticed + timedelta(days=7))
    assert back.silent_since is None
    assert back.least(MONDAY + timedelta(days=35, hours=10)) == 20


def test_what_was_not_listened_to_is_no_silence_and_is_not_learnt():
    rhythm = weeks_of_school(3)
    back_at = MONDAY + timedelta(days=23, hours=10)
    resumed = rhythm.resumed(back_at)
    assert not resumed.is_unexplained(back_at + 5 * MINUTE)
    assert resumed.heard(back_at + MINUTE).least(MONDAY + timedelta(days=29, hours=9)) == 20
    assert silence_found(resumed, back_at, timedelta(hours=1)) <= timedelta(minutes=30)


@given(st.lists(st.integers(0, 60 * 24 * 40), min_size=1, max_size=40))
def test_any_history_is_learnt_without_an_end(minutes):
    """Each hour keeps four weeks at most, and out of order nothing is counted twice."""
    rhythm = Rhythm.begun(MONDAY)
    for minute in minutes:
        rhythm = rhythm.heard(MONDAY + minute * MINUTE)
    assert rhythm.heard_at == MONDAY + max(0, *minutes, 0) * MINUTE
    assert all(len(told) <= 4 for told in rhythm.counts.values())
    assert rhythm.expected(rhythm.heard_at) == 0


def test_a_reading_takes_the_lms_a_small_part_of_the_time():
    shortest, now = timedelta(minutes=5), MONDAY
    assert period(timedelta(seconds=1), shortest, now, now) == shortest
    assert period(timedelta(seconds=9.4), shortest, now, now) == timedelta(seconds=470)
    assert period(timedelta(minutes=2), shortest, now, now) == LONGEST
    assert period(timedelta(minutes=2), timedelta(hours=1), now, now) == timedelta(hours=1)
    assert period(timedelta(), shortest, now - timedelta(days=31), now) == DORMANT
