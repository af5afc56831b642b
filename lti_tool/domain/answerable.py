"""Which kinds of facts a course's platform can tell, by the sources that are set up for it.

A kind that nobody can tell is not offered for a rule; where a published rule asks for one, its instructor is told.
"""

from __future__ import annotations

from collections.abc import Iterable

from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.platform import Registration

# Only this tool says these.
OWN = frozenset({FactKind.MANUAL_APPROVAL, FactKind.BADGE_HELD, FactKind.EVIDENCE_REVIEW})
_GRADES = frozenset({FactKind.ITEM_SCORE, FactKind.COURSE_GRADE})
_COMPLETIONS = frozenset({FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION})
_ALL = frozenset(FactKind)

_BY_SOURCE = {
    "webhook": _ALL,
    "event_feed": _ALL,
    # Groups only where its token may ask for them; where none were told, none can be chosen.
    "moodle": _GRADES | _COMPLETIONS | {FactKind.GROUP_MEMBERSHIP},
    "xapi": _GRADES | _COMPLETIONS,
    "caliper": frozenset({FactKind.ITEM_SCORE, FactKind.ITEM_COMPLETION}),
    # Canvas tells of no single module or item: only its REST API does.
    "canvas_live_events": _GRADES | {FactKind.ITEM_SUBMISSION, FactKind.COURSE_COMPLETION, FactKind.OUTCOME_MASTERY},
    "canvas_rest": _GRADES
    | _COMPLETIONS
    | {FactKind.ITEM_SUBMISSION, FactKind.COURSE_COMPLETION, FactKind.OUTCOME_MASTERY, FactKind.ENROLMENT}
    | {FactKind.GROUP_MEMBERSHIP},
}
# An instructor can upload these for any course, whatever its platform tells.
BY_HAND = _GRADES | _COMPLETIONS


def answerable(registration: Registration, senders: Iterable[str], *, uploaded: bool = False) -> frozenset[FactKind]:
    """`senders`: the sources that have a credential here, or a grant to read. `uploaded`: whether results come to the
    course in tables. Where nothing at all is set up, everything: rules can be prepared until a source is connected, as
    the course's page says."""
    sources = set(senders)
    sources |= {"webhook"} if registration.webhook_secret else set()
    sources |= {"event_feed"} if registration.event_feed_url else set()
    sources |= {"moodle"} if registration.moodle_token else set()
    told = frozenset[FactKind]().union(*(_BY_SOURCE.get(source, frozenset()) for source in sources))
    told |= BY_HAND if uploaded else frozenset()
    return (told | OWN) if told else _ALL
