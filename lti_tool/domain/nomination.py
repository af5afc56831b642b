"""A learner is put forward for a badge with evidence, and a reviewer decides.

    waiting ──▶ approved          handed in again:
       │  └───▶ declined ──┐      more, declined ──▶ waiting
       └──────▶ more ──────┘

What is decided is a fact of the learner's record; the nomination keeps the words around it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.criteria import Criteria, Requirement, requirements
from lti_tool.domain.errors import BadgeToolError, Forbidden
from lti_tool.domain.evidence import Evidence
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.identity import Actor
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.marks import Marks, check_marks

LONGEST_WORDS = 1000
SOURCE = "reviewer"


class NominationState(StrEnum):
    WAITING = "waiting"
    MORE = "more"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Nomination:
    """One for each learner and piece of evidence that a badge asks for; `piece` is its name, "" for an approval without
    one. `nominated_by` is a person's id. `words`, `marks`, `reviewer` and `decided_at` are of the last decision."""

    id: str
    course_id: str
    achievement_id: str
    person_id: str
    piece: str
    evidence: Evidence
    nominated_by: str
    submitted_at: datetime
    state: NominationState = NominationState.WAITING
    reviewer: Actor | None = None
    decided_at: datetime | None = None
    words: str = ""
    marks: Marks = field(default_factory=dict)

    @property
    def total(self) -> float | None:
        """All points together; None where none were given."""
        return sum(mark.points for mark in self.marks.values()) if self.marks else None

    def handed_in(self, evidence: Evidence, by: str, now: datetime) -> Nomination:
        """Once more, or for the first time. The words of the last decision stay until the next.

        Raises `review.approved_already` and `review.evidence_missing`."""
        if self.state is NominationState.APPROVED:
            raise BadgeToolError("review.approved_already", "This was approved already.", status=409)
        if not evidence:
            raise BadgeToolError(
                "review.evidence_missing", "Describe what was done, give a link to it, or choose a file.", status=422
            )
        waiting = NominationState.WAITING
        return replace(self, evidence=evidence, nominated_by=by, submitted_at=now, state=waiting)

    def decided(
        self,
        state: NominationState,
        leaf: Requirement,
        reviewer: Actor,
        words: str,
        marks: Marks,
        now: datetime,
    ) -> Nomination:
        """As a reviewer decides it by what the rule asks (`leaf`). A decision can be changed.

        Raises `authz.self_award`, `review.verdict_unknown`, `review.words_missing`, `review.words_too_long` and what
        check_marks raises.
        """
        if reviewer.id == self.person_id:
            raise Forbidden("authz.self_award", "Nobody awards herself.", "Ask another reviewer of the course.")
        if state is NominationState.WAITING:
            raise BadgeToolError("review.verdict_unknown", "Approve, ask for more, or decline.", status=422)
        if state is not NominationState.APPROVED and not words.strip():
            raise BadgeToolError("review.words_missing", "Say why, or what is missing.", status=422)
        if len(words) > LONGEST_WORDS:
            raise BadgeToolError(
                "review.words_too_long", f"Your words have at most {LONGEST_WORDS} characters.", status=422
            )
        if state is NominationState.APPROVED:
            check_marks(leaf, marks)
        return replace(self, state=state, reviewer=reviewer, decided_at=now, words=words.strip(), marks=dict(marks))

    def statement(self, context_id: str, leaf: Requirement, now: datetime) -> LearningEvent | None:
        """What the decision says of the learner; None where nothing is decided."""
        if self.state not in (NominationState.APPROVED, NominationState.DECLINED):
            return None
        return LearningEvent(
            event_id=f"{self.id}:{now.isoformat()}",
            source=SOURCE,
            context_id=context_id,
            subject=self.person_id,
            kind=leaf.kind,
            target=self.achievement_id,
            occurred_at=now,
            completed=self.state is NominationState.APPROVED,
            score=self.total,
            maximum=sum(row.points for row in leaf.rubric) if self.marks else None,
            variant=self.piece,
        )


def pieces(criteria: Criteria | None) -> dict[str, Requirement]:
    """What a rule asks reviewers to approve, by the name of the piece of evidence; "" is an approval without one."""
    kinds = (FactKind.EVIDENCE_REVIEW, FactKind.MANUAL_APPROVAL)
    leaves = requirements(criteria) if criteria is not None else ()
    return {leaf.evidence: leaf for leaf in leaves if leaf.kind in kinds}
