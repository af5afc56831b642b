"""A learner is put forward for a badge with evidence, and a reviewer decides.

    waiting ──▶ approved          handed in again:
       │  └───▶ declined ──┐      more, declined ──▶ waiting
       └──────▶ more ──────┘

What is decided is a fact of the learner's record; the nomination keeps the words around it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.criteria import Criteria, Requirement, RubricRow, requirements
from lti_tool.domain.errors import BadgeToolError, Forbidden
from lti_tool.domain.evidence import Evidence
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.identity import Actor
from lti_tool.domain.learning_event import LearningEvent

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
    one. `nominated_by` is a person's id. `words`, `points` (by row of the rubric), `reviewer` and `decided_at` are of
    the last decision."""

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
    points: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> float | None:
        """All points together; None where none were given."""
        return sum(self.points.values()) if self.points else None

    def handed_in(self, evidence: Evidence, by: str, now: datetime) -> Nomination:
        """Once more, or for the first time. The words of the last decision stay until the next.

        Raises `review.approved_already` and `review.evidence_missing`."""
        if self.state is NominationState.APPROVED:
            raise BadgeToolError("review.approved_already", "This was approved already.", status=409)
        if not evidence:
            raise BadgeToolError("review.evidence_missing", "Describe what was done, or give a link to it.", status=422)
        waiting = NominationState.WAITING
        return replace(self, evidence=evidence, nominated_by=by, submitted_at=now, state=waiting)

    def decided(
        self,
        state: NominationState,
        leaf: Requirement,
        reviewer: Actor,
        words: str,
        points: Mapping[str, float],
        now: datetime,
    ) -> Nomination:
        """As a reviewer decides it by what the rule asks (`leaf`). A decision can be changed.

        Raises `authz.self_award`, `review.verdict_unknown`, `review.words_missing`, `review.words_too_long` and what
        check_points raises.
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
            check_points(leaf, points)
        return replace(self, state=state, reviewer=reviewer, decided_at=now, words=words.strip(), points=dict(points))

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
            maximum=sum(row.points for row in leaf.rubric) if self.points else None,
            variant=self.piece,
        )


def check_points(leaf: Requirement, points: Mapping[str, float]) -> None:
    """Whether an approval's points fit the rubric and are as many as the rule asks for. Raises `review.points_missing`,
    `review.points_invalid` and `review.points_short` (422)."""
    for row in leaf.rubric:
        _check_row(row, points)
    if leaf.minimum is not None and sum(points.values()) < leaf.minimum:
        raise BadgeToolError(
            "review.points_short",
            f"The rule asks for at least {leaf.minimum:g} points, and these are {sum(points.values()):g}.",
            status=422,
            hint="Ask for more, or decline.",
        )


def _check_row(row: RubricRow, points: Mapping[str, float]) -> None:
    given = points.get(row.name)
    if given is None:
        raise BadgeToolError("review.points_missing", f"Give points for “{row.name}”.", status=422)
    if not (math.isfinite(given) and 0 <= given <= row.points):
        raise BadgeToolError("review.points_invalid", f"“{row.name}” has 0 to {row.points:g} points.", status=422)


def pieces(criteria: Criteria | None) -> dict[str, Requirement]:
    """What a rule asks reviewers to approve, by the name of the piece of evidence; "" is an approval without one."""
    kinds = (FactKind.EVIDENCE_REVIEW, FactKind.MANUAL_APPROVAL)
    leaves = requirements(criteria) if criteria is not None else ()
    return {leaf.evidence: leaf for leaf in leaves if leaf.kind in kinds}
