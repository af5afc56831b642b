"""The diagnosis of Canvas Live Events: the light, and the switch that is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lti_tool.domain.capability import Capability, Evidence, Light, capabilities
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.platform import Registration

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
CANVAS = Registration(
    "reg-1", "default", "Canvas", "https://i", "c", "https://a", "https://t", "https://k", product="canvas"
)


@dataclass(frozen=True)
class Stream:
    last_heard_at: datetime | None = None
    retired_at: datetime | None = None
    source: str = "canvas_live_events"


def line(*streams: Stream, seen: Observation | None = None, platform: Registration = CANVAS) -> Capability | None:
    evidence = Evidence.of(platform, NOW, {seen.key: seen} if seen else {}, [], streams)
    return next((one for one in capabilities(evidence) if one.key == "live_events"), None)


def lit(*streams: Stream, seen: Observation | None = None) -> Capability:
    found = line(*streams, seen=seen)
    assert found is not None
    assert bool(found.remedy) == (found.light is not Light.GREEN)
    return found


def refused(code: str, ago: timedelta = timedelta(minutes=2)) -> Observation:
    return Observation(Seen.LIVE_EVENTS, False, NOW - ago, code)


def test_without_a_stream_it_says_where_to_begin() -> None:
    for streams in ((), (Stream(source="xapi"),), (Stream(NOW, retired_at=NOW),)):
        found = lit(*streams)
        assert (found.light, found.word) == (Light.AMBER, "Not switched on")
        assert "Make an address" in found.remedy


def test_another_lms_has_none() -> None:
    moodle = Registration(
        "reg-1", "default", "M", "https://i", "c", "https://a", "https://t", "https://k", product="moodle"
    )
    assert line(Stream(NOW), platform=moodle) is None


def test_heard_not_heard_and_not_heard_for_long() -> None:
    assert (lit(Stream(NOW)).light, lit(Stream(NOW)).seen_at) == (Light.GREEN, NOW)
    assert lit(Stream(), Stream(NOW - timedelta(days=2))).light is Light.GREEN
    assert (lit(Stream()).light, lit(Stream()).word) == (Light.AMBER, "Not seen yet")
    silent = lit(Stream(NOW - timedelta(days=31)))
    assert (silent.light, silent.word) == (Light.AMBER, "Look here")


@pytest.mark.parametrize(
    ("code", "switch"),
    [
        ("event.unsigned", "Sign Payload"),
        ("event.key_unknown", "key set address"),
        ("event.signature_invalid", "key set address"),
        ("event.keys_unavailable", "firewall"),
        ("event.tenant_mismatch", "address of your Canvas"),
        ("event.future", "clock"),
        ("event.platform_inactive", "Approve"),
        ("event.malformed", "event.malformed"),
    ],
)
def test_what_was_refused_names_the_switch(code: str, switch: str) -> None:
    found = lit(Stream(), seen=refused(code))
    assert (found.light, found.word) == (Light.RED, "Fails")
    assert switch in found.remedy
    assert found.detail.startswith("The last event was refused: ")


def test_one_refusal_among_what_arrives_is_a_hint_and_a_later_event_ends_it() -> None:
    stream = Stream(NOW - timedelta(minutes=30))
    assert lit(stream, seen=refused("event.unsigned")).light is Light.AMBER
    assert lit(Stream(NOW - timedelta(hours=5)), seen=refused("event.unsigned")).light is Light.RED
    assert lit(stream, seen=Observation(Seen.LIVE_EVENTS, True, NOW)).light is Light.GREEN
