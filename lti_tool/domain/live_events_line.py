"""The line of a platform's diagnosis for the Live Events that Canvas sends."""

from __future__ import annotations

from datetime import timedelta

from lti_tool.domain.capability_line import FAILS, LOOK, NOT_ON, NOT_TRIED, WORKS, Capability, Evidence, Light
from lti_tool.domain.observation import Observation, Seen

SOURCE = "canvas_live_events"
# Courses sleep over holidays; longer silence than this is worth a look.
SILENT_AFTER = timedelta(days=30)
# One event that was refused among those that arrive is a hint, and no failure.
_HINT_FOR = timedelta(hours=1)

_STREAM = "In Canvas open Admin, your account, Data Services, Settings, and edit the stream: "
_KEYS = "The key set address that stands with the stream here must be the one of Canvas Data Services."
_ACCOUNT = (
    "Open LTI Badges once from a course of this Canvas, and compare the address of your Canvas that stands with the"
    " stream here. A stream of another Canvas belongs on that platform's page."
)
_CLOCK = "Set the clock of this server by a time server."
# Why an event was refused -> what it was, and the switch that mends it.
_REFUSED = {
    "event.unsigned": ("it was not signed", _STREAM + "switch “Sign Payload” on."),
    "event.alg_forbidden": ("it was signed in another way than Canvas signs", _KEYS),
    "event.signature_invalid": ("its signature did not fit", _KEYS),
    "event.key_unknown": ("the key set does not list its key", _KEYS),
    "event.keys_unavailable": (
        "the key set could not be had",
        "Let this server reach the key set address that stands with the stream: look at its firewall and its proxy.",
    ),
    "event.tenant_mismatch": ("it came from another account of Canvas", _ACCOUNT),
    "event.stale": ("it was signed long ago", _CLOCK),
    "event.future": ("it was signed with a time still to come", _CLOCK),
    "event.platform_inactive": ("this platform is not approved", "Approve this platform."),
}


def live_events_line(evidence: Evidence) -> Capability:
    line = ("live_events", "Canvas Live Events")
    unlocks = "Grades within seconds, and a reading of the modules whenever somebody gets on in them."
    if SOURCE not in evidence.heard:
        remedy = "Make an address under “Canvas Live Events” here, and paste it into a stream of Canvas Data Services."
        return Capability(*line, Light.AMBER, NOT_ON, unlocks, remedy=remedy)
    at, seen = evidence.heard[SOURCE], evidence.seen.get(Seen.LIVE_EVENTS)
    if seen is not None and not seen.ok:
        is_hint = at is not None and seen.at - at < _HINT_FOR
        detail, remedy = _told(seen)
        return Capability(
            *line, Light.AMBER if is_hint else Light.RED, LOOK if is_hint else FAILS, unlocks, detail, remedy, seen.at
        )
    if at is None:
        remedy = _STREAM + "compare its URL, see that it is active and that grade_change is among its events. Then"
        remedy += " grade something; the first event takes a few minutes."
        return Capability(*line, Light.AMBER, NOT_TRIED, unlocks, remedy=remedy)
    if evidence.now - at > SILENT_AFTER:
        remedy = f"Canvas switches a stream off that failed too often, and writes to who made it. {_STREAM}activate it."
        detail = "Nothing was heard for more than a month."
        return Capability(*line, Light.AMBER, LOOK, unlocks, detail, remedy, at)
    return Capability(*line, Light.GREEN, WORKS, unlocks, seen_at=at)


def _told(seen: Observation) -> tuple[str, str]:
    why, remedy = _REFUSED.get(
        seen.code, ("it could not be read", f"Look for {seen.code} in the log of LTI Badges, which names the request.")
    )
    return f"The last event was refused: {why}.", remedy
