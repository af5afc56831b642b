"""The diagnosis of a platform: whatever is known, every line that is not green says what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.capability import Capability, Evidence, Light, capabilities
from lti_tool.domain.identity import Course
from lti_tool.domain.lms_switches import switch
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.platform import Registration
from lti_tool.domain.service_lines import LINEITEM_SCOPE, NOTICE_SCOPE, NRPS_SCOPE, SCORE_SCOPE

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
CODES = (
    "",
    "token.clock",
    "token.refused",
    "token.keys_not_fetched",
    "token.scope_refused",
    "roster.unavailable",
    "roster.scope_missing",
    "gradebook.url_forbidden",
    "gradebook.malformed",
    "keys.unavailable",
    "jwt.kid_unknown",
    "claim.expired",
    "http.timeout",
    "moodle.token_invalid",
    "something.new",
)


@dataclass(frozen=True)
class Reading:
    roster_read_at: datetime | None = None
    grades_read_at: datetime | None = None


def registration(**changes: object) -> Registration:
    known = ("reg-1", "default", "LMS", "https://lms.example", "client", "https://lms.example/auth")
    return Registration(*known, "https://lms.example/token", "https://lms.example/jwks", **changes)  # type: ignore[arg-type]


def line(key: str, evidence: Evidence) -> Capability:
    (found,) = [one for one in capabilities(evidence) if one.key == key]
    return found


times = st.one_of(st.none(), st.timedeltas(timedelta(days=-90), timedelta()).map(lambda ago: NOW + ago))
scopes = st.sets(st.sampled_from([NRPS_SCOPE, LINEITEM_SCOPE, SCORE_SCOPE, NOTICE_SCOPE, "urn:other"])).map(tuple)
registrations = st.builds(
    registration,
    product=st.sampled_from(["", "moodle", "Moodle", "canvas", "sakai", "desire2learn"]),
    service_scopes=scopes,
    webhook_secret=st.sampled_from(["", "whsec_x"]),
    event_feed_url=st.sampled_from(["", "https://lms.example/feed"]),
    moodle_token=st.sampled_from(["", "token"]),
    last_launch_at=times,
    last_event_at=times,
)
courses = st.lists(
    st.tuples(
        st.builds(
            Course,
            *map(st.just, ("course-1", "reg-1", "1", "context-1", "Course")),
            lineitems_url=st.sampled_from(["", "https://lms.example/lineitems"]),
            memberships_url=st.sampled_from(["", "https://lms.example/members"]),
            service_scopes=scopes,
        ),
        st.builds(Reading, times, times),
    ),
    max_size=3,
)
seen = st.dictionaries(
    st.sampled_from(list(Seen)),
    st.tuples(st.booleans(), times.filter(bool), st.sampled_from(CODES), st.sampled_from(["", "It says so."])),
).map(lambda found: {key: Observation(key, *values) for key, values in found.items()})


@given(registrations, seen, courses)
def test_a_line_that_is_not_green_has_a_remedy(held, observed, read) -> None:
    for one in capabilities(Evidence.of(held, NOW, observed, read)):
        assert one.title
        assert one.word
        assert one.unlocks
        assert bool(one.remedy) == (one.light is not Light.GREEN), one
        assert one.light is not Light.GREEN or one.word == "Works"


@given(registrations, seen, courses)
def test_nothing_is_green_that_was_never_seen_at_work(held, observed, read) -> None:
    evidence = Evidence.of(held, NOW, {}, [(course, Reading()) for course, _ in read])
    blank = {"last_launch_at": None, "last_event_at": None}
    fresh = Evidence.of(registration(**blank | {"product": held.product}), NOW, {}, [])
    assert not any(one.light is Light.GREEN for one in capabilities(fresh))
    green = {one.key for one in capabilities(evidence) if one.light is Light.GREEN}
    assert green <= {"launch", "events"}


@given(registrations, seen, courses)
def test_no_secret_is_in_a_line(held, observed, read) -> None:
    told = repr(capabilities(Evidence.of(held, NOW, observed, read)))
    assert "whsec_" not in told


@given(st.sampled_from(["", "moodle", "canvas", "unheard-of"]))
def test_each_lms_has_words_for_every_switch(product: str) -> None:
    for what in ("launch", "redirect", "cookies", "roster", "gradebook", "notices", "keys_not_fetched"):
        assert switch(what, product)


def evidence_of(*observed: Observation, **changes: object) -> Evidence:
    return Evidence.of(registration(**changes), NOW, {one.key: one for one in observed}, [])


def minutes_ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def test_a_forged_launch_cannot_turn_a_platform_red_where_people_come_in() -> None:
    forged = Observation(Seen.LAUNCH_KEYS, False, NOW, "jwt.kid_unknown", "A key that is not listed.")
    listed = Observation(Seen.KEYS, True, minutes_ago(1), detail="key-1")
    assert line("keys", evidence_of(listed, forged)).light is Light.RED
    assert line("keys", evidence_of(listed, forged, last_launch_at=minutes_ago(5))).light is Light.AMBER
    assert line("keys", evidence_of(listed, forged, last_launch_at=NOW)).light is Light.GREEN


@pytest.mark.parametrize(
    ("came_back", "expected"), [(None, Light.RED), (minutes_ago(9.9), Light.GREEN), (minutes_ago(30), Light.RED)]
)
def test_a_sign_in_that_never_comes_back(came_back: datetime | None, expected: Light) -> None:
    begun = Observation(Seen.LOGIN, True, minutes_ago(10))
    back = [Observation(Seen.RETURN, True, came_back)] if came_back else []
    assert line("sign_in", evidence_of(begun, *back)).light is expected


def test_a_sign_in_under_way_is_no_trouble() -> None:
    begun = Observation(Seen.LOGIN, True, minutes_ago(1))
    assert "sign_in" not in {one.key for one in capabilities(evidence_of(begun))}


def test_an_error_that_the_platform_posted_is_told() -> None:
    refused = Observation(Seen.RETURN, False, NOW, "launch.platform_error", "it answered invalid_request.")
    found = line("sign_in", evidence_of(refused, product="moodle"))
    assert found.light is Light.RED
    assert "invalid_request" in found.detail
    assert "Redirection URI" in found.remedy


def test_moodle_and_canvas_are_told_in_their_own_words() -> None:
    failed = Observation(Seen.ROSTER, False, NOW, "roster.refused", "The platform does not allow this (HTTP 403).")
    granted = {"service_scopes": (NRPS_SCOPE,)}
    assert "IMS LTI Names and Role" in line("roster", evidence_of(failed, product="moodle", **granted)).remedy
    assert "Can retrieve user data" in line("roster", evidence_of(failed, product="canvas", **granted)).remedy
    assert line("roster", evidence_of(failed, product="canvas", **granted)).light is Light.RED
    assert "Moodle" not in repr(capabilities(evidence_of(product="canvas")))


def test_a_failure_is_forgotten_when_the_service_worked_later() -> None:
    failed = {Seen.ROSTER: Observation(Seen.ROSTER, False, minutes_ago(5), "roster.unavailable", "It did not answer.")}
    course = Course("course-1", "reg-1", "1", "context-1", "Course", memberships_url="https://lms.example/members")
    for read_at, light in ((minutes_ago(1), Light.GREEN), (minutes_ago(9), Light.RED)):
        evidence = Evidence.of(registration(), NOW, failed, [(course, Reading(read_at))])
        assert line("roster", evidence).light is light


def test_a_credential_with_which_nobody_came_yet_is_named() -> None:
    def told(last_event_at: datetime | None = None, **heard: datetime | None) -> Capability:
        return line("events", replace(evidence_of(last_event_at=last_event_at), heard=heard))

    made = told(webhook=None, xapi=None)
    assert (made.light, made.word) == (Light.AMBER, "Not seen yet")
    assert made.detail == "A credential for the webhook and xAPI was made; nothing was heard with it yet."
    assert "xAPI" in told(minutes_ago(5), xapi=None, caliper=minutes_ago(5)).detail
    assert told(minutes_ago(5), xapi=minutes_ago(5)).detail == ""
    assert told(canvas_live_events=None).word == told().word == "Not switched on"


def test_a_platform_that_fell_silent() -> None:
    assert line("events", evidence_of(last_event_at=minutes_ago(5))).light is Light.GREEN
    silent = line("events", evidence_of(last_event_at=NOW - timedelta(days=31)))
    assert (silent.light, silent.seen_at) == (Light.AMBER, NOW - timedelta(days=31))
