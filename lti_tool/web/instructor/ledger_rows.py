"""Entries of the ledger in words, for an appeal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.domain import criteria
from lti_tool.domain.criteria import Requirement
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.evaluation import Outcome
from lti_tool.domain.ledger import Entry
from lti_tool.domain.phrases import number
from lti_tool.domain.sentence import criteria_sentence, requirement_sentence
from lti_tool.usecases.ledger_export import details_of
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.read_ledger import LearnerLedger
from lti_tool.web.present.reason_words import SOURCES

_ACTIONS = {
    "awarded": "Awarded",
    "awarded_by_hand": "Awarded by hand",
    "issued": "Signed and issued",
    "flagged": "Flagged: the rule was not met any more",
    "unflagged": "The flag was taken off: the rule was met again",
    "kept": "Looked at, and let stand",
    "suspended": "Suspended",
    "restored": "Restored",
    "revoked": "Withdrawn",
    "lifted": "It may be earned again",
    "expired": "Expired",
    "renewed": "Renewed",
    "awarded_again": "Earned again",
    "grace": "The rule was not met any more: the grace period began",
    "reissued": "Issued anew",
    "named": "The learner put her name into it",
    "unnamed": "The learner took her name out of it",
    "expiring": "The learner was reminded that it lapses soon",
    "only_new_work": "From then on only new work counted",
    "copy_decided": "The copied rule was fitted to this course",
    "approved": "Approved",
    "evidence_approved": "Evidence approved by a reviewer",
    "evidence_more": "More evidence asked for by a reviewer",
    "evidence_declined": "Evidence declined by a reviewer",
    "approval_withdrawn": "The approval was taken back",
    "linked": "Moved to another account of the same person",
    "published": "The badge was published",
    "changed": "The badge was changed",
    "new_version": "A new version of the badge",
    "judged_anew": "Judged by the new version",
    "copied": "The badge came from another course",
    "paused": "The badge was paused",
    "resumed": "The badge was resumed",
    "recorded_later": "Recorded later: it is from before the ledger",
    "duty_granted": "Somebody was entrusted with a duty",
    "duty_withdrawn": "A duty was taken back",
    "erased": "What was written about the learner was erased",
}
_OUTCOMES = {Outcome.MET: "done", Outcome.NOT_MET: "not done", Outcome.UNKNOWN: "not known"}


@dataclass(frozen=True, slots=True)
class Weighed:
    """A requirement as it was seen then. `seen` "" where nothing was known."""

    text: str
    outcome: str
    seen: str
    source: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    sequence: int
    at: datetime | None
    what: str
    by: str
    version: int
    reason: str
    rule: str
    weighed: list[Weighed]
    hash: str


def ledger_rows(found: LearnerLedger) -> list[LedgerRow]:
    return [_row(entry, found) for entry in found.entries]


def _row(entry: Entry, found: LearnerLedger) -> LedgerRow:
    said, details = entry.read(), details_of(entry)
    actor = said.get("actor") or {}
    person = found.people.get(str(actor.get("id", "")))
    by = person.name or "a person without a name" if person else "LTI Badges"
    content = details.get("content") or {}
    return LedgerRow(
        sequence=entry.sequence,
        at=_time(said.get("at")),
        what=_ACTIONS.get(str(said.get("action")), str(said.get("action", "")).replace("_", " ").capitalize()),
        by=by if person or actor.get("kind") != "person" else "a person who was erased",
        version=int(said.get("version") or 0),
        reason=str(details.get("reason", "")),
        rule=_rule(content.get("criteria"), found.names),
        weighed=list(_weighed(details.get("weighed") or {}, found.names)),
        hash=entry.hash,
    )


def _rule(document: Any, names: CourseNames) -> str:
    try:
        return criteria_sentence(criteria.from_document(document), names) if document else ""
    except BadgeToolError:
        return ""


def _weighed(tree: dict[str, Any], names: CourseNames) -> Iterator[Weighed]:
    if "parts" in tree:
        for part in tree["parts"]:
            yield from _weighed(part, names)
    elif "outcome" in tree:
        leaf = criteria.parse(tree)
        assert isinstance(leaf, Requirement)
        sentence = requirement_sentence(leaf, names)
        yield Weighed(
            sentence[:1].upper() + sentence[1:],
            _OUTCOMES[Outcome(tree["outcome"])],
            _seen(leaf, tree),
            SOURCES.get(tree.get("source", ""), ""),
            _time(tree.get("occurred_at")),
        )


def _seen(leaf: Requirement, tree: dict[str, Any]) -> str:
    if tree.get("observed_letter"):
        return str(tree["observed_letter"])
    if tree.get("observed") is None:
        return ""
    return f"{number(tree['observed'])} {'points' if leaf.unit == 'points' else '%'}"


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None
