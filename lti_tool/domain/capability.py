"""What a platform can really tell us, what that unlocks, and which switch is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration

NRPS_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
LINEITEM_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SCORE_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"


class Reading(Protocol):
    """The part of a course's reading that shows a source at work."""

    @property
    def roster_read_at(self) -> datetime | None: ...
    @property
    def grades_read_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing the platform may be able to do. State: "yes" (seen working), "possible" (granted, not seen), "no"."""

    key: str
    title: str
    state: str
    unlocks: str
    remedy: str = ""


def capabilities(
    registration: Registration, courses: Sequence[Course], readings: Sequence[Reading]
) -> list[Capability]:
    """What is known from the registration, the launches so far and the readings so far."""
    scopes = set(registration.service_scopes).union(*(course.service_scopes for course in courses))
    roster_seen = any(reading.roster_read_at for reading in readings)
    grades_seen = any(reading.grades_read_at for reading in readings)
    return [
        Capability(
            "launch",
            "Launches",
            "yes" if registration.last_launch_at else "possible",
            "People open LTI Badges from a course.",
            "" if registration.last_launch_at else "Open the tool once from a course.",
        ),
        Capability(
            "roster",
            "Roster (NRPS)",
            "yes" if roster_seen else "possible" if NRPS_SCOPE in scopes else "no",
            "Learners can be awarded before they ever open the tool.",
            "" if NRPS_SCOPE in scopes else "Allow “Names and Role Provisioning Services” for this tool.",
        ),
        Capability(
            "gradebook",
            "Own gradebook column (AGS)",
            "possible" if {LINEITEM_SCOPE, SCORE_SCOPE} <= scopes else "no",
            "Each badge gets a column of its own in the gradebook.",
            ""
            if {LINEITEM_SCOPE, SCORE_SCOPE} <= scopes
            else "Allow “Assignment and Grade Services” with column management for this tool.",
        ),
        Capability(
            "events",
            "Events pushed by the platform (signed webhook)",
            "yes" if registration.last_event_at else "possible" if registration.webhook_secret else "no",
            "Grades and completions of every activity, within seconds.",
            "" if registration.webhook_secret else "Set up the webhook on this platform, or a source to be read.",
        ),
        Capability(
            "feed",
            "Event feed",
            "no" if not registration.event_feed_url else "yes" if grades_seen else "possible",
            "What the webhook missed is found again.",
            "" if registration.event_feed_url else "This platform offers no feed of its events.",
        ),
        Capability(
            "moodle",
            "Moodle web services",
            "no" if not registration.moodle_token else "yes" if grades_seen else "possible",
            "Every grade of a course in one call, and completion for each learner.",
            "" if registration.moodle_token else "On Moodle only: make a web-service token and enter it here.",
        ),
    ]


def can_see_grades(registration: Registration) -> bool:
    """Whether anything at all can tell grades of other activities: AGS alone never does."""
    return bool(registration.webhook_secret or registration.event_feed_url or registration.moodle_token)
