"""The services of a platform and the other ways by which it tells grades and completions."""

from __future__ import annotations

from datetime import datetime, timedelta

from lti_tool.domain.capability_line import (
    FAILS,
    LOOK,
    NOT_OFFERED,
    NOT_ON,
    NOT_TRIED,
    WORKS,
    Capability,
    Evidence,
    Light,
)
from lti_tool.domain.live_events_line import live_events_line
from lti_tool.domain.lms_switches import CANVAS, MOODLE, SAKAI, switch
from lti_tool.domain.observation import Seen

NRPS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
LINEITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
NOTICE_SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"

# Courses sleep over holidays; longer silence than this is worth a look.
SILENT_AFTER = timedelta(days=30)
_OPEN_ONCE = "Open LTI Badges once from a course, then choose “Check now”."
_CHECK_NOW = "Choose “Check now”."
# Senders to whom an administrator hands a credential here.
_SENDERS = {"webhook": "the webhook", "xapi": "xAPI", "caliper": "Caliper"}


def service_lines(evidence: Evidence) -> list[Capability]:
    """Ways that only another LMS has are left out."""
    product = evidence.registration.product.lower()
    lines = [_roster(evidence), _gradebook(evidence), _whole_gradebook(evidence), _notices(evidence)]
    if product in ("", MOODLE) or evidence.registration.moodle_token:
        lines.append(_moodle(evidence))
    if product == CANVAS or Seen.CANVAS in evidence.seen:
        lines.append(_canvas(evidence))
    if product == CANVAS:
        lines.append(live_events_line(evidence))
    lines.append(_events(evidence))
    if evidence.registration.event_feed_url:
        lines.append(_feed(evidence))
    return lines


def _roster(evidence: Evidence) -> Capability:
    allowed = NRPS_SCOPE in evidence.scopes or evidence.offers_roster
    unlocks = "Learners can be awarded before they ever open the tool."
    return _service(evidence, "roster", "Roster (NRPS)", unlocks, Seen.ROSTER, allowed, evidence.roster_read_at)


def _gradebook(evidence: Evidence) -> Capability:
    allowed = {LINEITEM_SCOPE, SCORE_SCOPE} <= evidence.scopes or (evidence.offers_line_items and not evidence.scopes)
    unlocks = "Each badge gets a column of its own in the gradebook."
    return _service(evidence, "gradebook", "Own gradebook column (AGS)", unlocks, Seen.LINE_ITEMS, allowed, None)


def _service(
    evidence: Evidence,
    key: str,
    title: str,
    unlocks: str,
    seen_as: Seen,
    allowed: bool,
    read_at: datetime | None,
) -> Capability:
    seen = evidence.seen.get(seen_as)
    missing = switch(key, evidence.registration.product)
    if seen is not None and not seen.ok and allowed and (read_at is None or read_at < seen.at):
        return Capability(key, title, Light.RED, FAILS, unlocks, seen.detail, _remedy(seen.code, missing), seen.at)
    if (seen is not None and seen.ok) or read_at is not None:
        at = max(filter(None, (read_at, seen.at if seen and seen.ok else None)))
        return Capability(key, title, Light.GREEN, WORKS, unlocks, seen_at=at)
    if not allowed:
        return Capability(key, title, Light.AMBER, NOT_ON, unlocks, remedy=missing)
    remedy = _CHECK_NOW if evidence.has_course else _OPEN_ONCE
    return Capability(key, title, Light.AMBER, NOT_TRIED, unlocks, remedy=remedy)


def _remedy(code: str, missing: str) -> str:
    """What to do about a service that failed: `missing` is where it is switched on."""
    kind = code.rpartition(".")[2]
    if kind == "unavailable":
        return "The platform's service must answer this server; look at the platform, then choose “Check now”."
    if kind in ("url_forbidden", "page_forbidden"):
        return "The platform names a service on a host that is not its own; check its own web address (wwwroot, proxy)."
    if kind == "malformed":
        return "What answers at the service's address is no such service: check the platform's web address and proxy."
    return missing + " Then choose “Check now”."


def _whole_gradebook(evidence: Evidence) -> Capability:
    """Of the LMSs only Sakai's AGS can list columns of others; nothing but such a list shows that it does."""
    product, seen = evidence.registration.product.lower(), evidence.seen.get(Seen.WHOLE_GRADEBOOK)
    line = ("whole_gradebook", "The whole gradebook over LTI (read-only)")
    unlocks = "Grades of every activity, without another source."
    if seen is not None and seen.ok:
        return Capability(*line, Light.GREEN, WORKS, unlocks, seen_at=seen.at)
    word = NOT_ON if product == SAKAI else NOT_OFFERED
    detail = f"Nothing that {'Sakai' if product == SAKAI else 'this platform'} sent offers it."
    return Capability(*line, Light.AMBER, word, unlocks, detail, switch("whole_gradebook", product))


def _notices(evidence: Evidence) -> Capability:
    seen = evidence.seen.get(Seen.NOTICES)
    line = ("notices", "Notices (PNS)")
    unlocks = "A copied course brings its badges along at once."
    missing = switch("notices", evidence.registration.product)
    granted = evidence.registration.service_scopes
    if granted and NOTICE_SCOPE not in granted:
        return Capability(*line, Light.AMBER, NOT_OFFERED, unlocks, remedy=missing)
    if seen is not None and seen.ok:
        return Capability(*line, Light.GREEN, WORKS, unlocks, seen.detail, seen_at=seen.at)
    if seen is not None:
        return Capability(*line, Light.RED, FAILS, unlocks, seen.detail, _remedy(seen.code, missing), seen.at)
    if NOTICE_SCOPE in evidence.scopes:
        return Capability(*line, Light.AMBER, NOT_TRIED, unlocks, remedy=_OPEN_ONCE)
    return Capability(*line, Light.AMBER, NOT_OFFERED, unlocks, remedy=missing)


def _moodle(evidence: Evidence) -> Capability:
    seen = evidence.seen.get(Seen.MOODLE)
    line = ("moodle", "Moodle web services")
    unlocks = "Every grade of a course in one call, and completion for each learner."
    if not evidence.registration.moodle_token:
        remedy = "On Moodle only: make a web-service token (Site administration, Server, Web services, Manage tokens)"
        return Capability(*line, Light.AMBER, NOT_ON, unlocks, remedy=remedy + " and enter it here.")
    if seen is None:
        return Capability(*line, Light.AMBER, NOT_TRIED, unlocks, remedy=_CHECK_NOW)
    if not seen.ok:
        remedy = "In Moodle open Site administration, Server, Web services, External services, and the functions of the"
        remedy += " token's service; then choose “Check now”."
        return Capability(*line, Light.RED, FAILS, unlocks, seen.detail, remedy, seen.at)
    return Capability(*line, Light.GREEN, WORKS, unlocks, seen.detail, seen_at=seen.at)


def _canvas(evidence: Evidence) -> Capability:
    seen = evidence.seen.get(Seen.CANVAS)
    line = ("canvas", "Canvas REST API (second key)")
    unlocks = "The grades of every assignment, modules, course grades and outcomes."
    if seen is None:
        remedy = "Open “Canvas: second key” below: it says what to do in Canvas, and asks for two values."
        return Capability(*line, Light.AMBER, NOT_ON, unlocks, "LTI Badges holds no API key for Canvas.", remedy)
    if seen.code == "canvas.not_consented":
        remedy = "Open “Canvas: second key” below and go on to Canvas to allow it."
        return Capability(*line, Light.AMBER, NOT_ON, unlocks, seen.detail, remedy, seen.at)
    if not seen.ok:
        remedy = "Open “Canvas: second key” below: it lists the scopes and switches of the key. Mend it, then “Test”."
        return Capability(*line, Light.RED, FAILS, unlocks, seen.detail, remedy, seen.at)
    return Capability(*line, Light.GREEN, WORKS, unlocks, seen.detail, seen_at=seen.at)


def _events(evidence: Evidence) -> Capability:
    registration = evidence.registration
    line = ("events", "Events pushed by the platform")
    unlocks = "Grades and completions of every activity, within seconds."
    at = registration.last_event_at
    if evidence.silent_since is not None:
        detail = "A sender is silent for longer than its own history explains; courses are read instead."
        remedy = "Look at the platform's log of deliveries, and whether the subscription is still switched on."
        return Capability(*line, Light.RED, "Silent", unlocks, detail, remedy, at)
    if at is not None and evidence.now - at < SILENT_AFTER:
        return Capability(*line, Light.GREEN, WORKS, unlocks, _unused(evidence), seen_at=at)
    if at is not None:
        remedy = "Look at the platform's own log of deliveries to the addresses shown here."
        return Capability(*line, Light.AMBER, LOOK, unlocks, "Nothing was heard for more than a month.", remedy, at)
    unused = _unused(evidence)
    if registration.webhook_secret or unused:
        remedy = "Let something happen in a course, such as a graded activity, and see whether it arrives."
        return Capability(*line, Light.AMBER, NOT_TRIED, unlocks, unused, remedy=remedy)
    remedy = "Set up the webhook, or a sender by xAPI or Caliper, or a source to be read."
    return Capability(*line, Light.AMBER, NOT_ON, unlocks, remedy=remedy)


def _unused(evidence: Evidence) -> str:
    """Which senders have a credential and have never come with it; "" for none."""
    names = [name for source, name in _SENDERS.items() if source in evidence.heard and evidence.heard[source] is None]
    return f"A credential for {' and '.join(names)} was made; nothing was heard with it yet." if names else ""


def _feed(evidence: Evidence) -> Capability:
    seen = evidence.seen.get(Seen.FEED)
    line = ("feed", "Event feed")
    unlocks = "What the webhook missed is found again."
    if seen is not None and not seen.ok:
        remedy = "The feed's address must answer this server with the tool's access token; then read a course again."
        return Capability(*line, Light.RED, FAILS, unlocks, seen.detail, remedy, seen.at)
    at = seen.at if seen is not None else evidence.grades_read_at
    if at is not None:
        return Capability(*line, Light.GREEN, WORKS, unlocks, seen_at=at)
    return Capability(*line, Light.AMBER, NOT_TRIED, unlocks, remedy=_OPEN_ONCE)
