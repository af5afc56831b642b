"""One shape for what any source says happened."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from lti_tool.domain.aliases import COURSE_NAMES, LTI_NAME, PERSON_NAMES
from lti_tool.domain.errors import BadgeToolError


class FactKind(StrEnum):
    """What a fact is about. The pair (kind, target) names one slot of a learner's record."""

    ITEM_SCORE = "item_score"
    ITEM_COMPLETION = "item_completion"
    MODULE_COMPLETION = "module_completion"
    COURSE_GRADE = "course_grade"
    MANUAL_APPROVAL = "manual_approval"
    BADGE_HELD = "badge_held"


SCORED = frozenset({FactKind.ITEM_SCORE, FactKind.COURSE_GRADE})


class Standing(StrEnum):
    """Why a statement does not count for awards; "" where it does."""

    COUNTS = ""
    HIDDEN = "hidden"  # graded, and not yet shown to the learner (muted, not posted)
    EXCUSED = "excused"
    UNGRADED = "ungraded"
    DELETED = "deleted"


STANDINGS = frozenset(Standing)

# A clock of another system is never quite ours; a day covers a wrong time zone as well.
EARLIEST_EVENT = datetime(2000, 1, 1, tzinfo=UTC)


# Members that are told where they are not as usual, so that stored events keep their content's hash.
_USUAL = {"subject_kind": "lti", "context_kind": "lti", "standing": "", "is_timed": True}


@dataclass(frozen=True, slots=True)
class LearningEvent:
    """Something a source says about one learner in one course.

    `event_id` is the source's own id, or a hash of the content where it has none. `subject` is the LTI ``sub`` and
    `context_id` the LTI context id, unless `subject_kind` and `context_kind` say which other name it is
    (domain.aliases). `target` is the LMS's id of the activity or module ("" for the course grade). Scored kinds use
    `score` and `maximum` (points; ``score`` None means the grade was withdrawn); the others use `completed`.
    `standing` says why the statement does not count for awards: it is a fact all the same, and earns nothing.
    Times are timezone-aware UTC; where the source told none (`is_timed` False), it is that of receipt, and no part of
    what was said: the same again later is a repetition.
    """

    event_id: str
    source: str
    context_id: str
    subject: str
    kind: FactKind
    target: str
    occurred_at: datetime
    score: float | None = None
    maximum: float | None = None
    completed: bool | None = None
    deployment_id: str | None = None
    subject_kind: str = LTI_NAME
    context_kind: str = LTI_NAME
    standing: str = Standing.COUNTS
    is_timed: bool = True

    def __post_init__(self) -> None:
        if self.occurred_at.tzinfo is None or self.occurred_at < EARLIEST_EVENT:
            raise BadgeToolError("event.time_invalid", "The event has no usable time with a zone.", status=422)
        if not self.subject or not self.context_id or not self.event_id:
            raise BadgeToolError("event.malformed", "The event lacks its id, its course or its learner.")
        if self.standing not in STANDINGS or self.subject_kind not in PERSON_NAMES:
            raise BadgeToolError("event.malformed", "The event's standing or its kind of learner's name is unknown.")
        if self.context_kind not in COURSE_NAMES:
            raise BadgeToolError("event.malformed", "The event's kind of course's name is unknown.")
        if self.kind in SCORED:
            self._check_score()
        elif self.completed is None:
            raise BadgeToolError("event.malformed", "A completion event must say completed true or false.")

    def _check_score(self) -> None:
        for number in (self.score, self.maximum):
            if number is not None and (not math.isfinite(number) or number < 0):
                raise BadgeToolError("event.score_invalid", "A score must be a number of 0 or more.", status=422)
        if self.score is not None and self.maximum == 0:
            raise BadgeToolError("event.score_invalid", "A score out of 0 points means nothing.", status=422)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; `from_json` gives the same event back."""
        return {
            "event_id": self.event_id,
            "source": self.source,
            "context_id": self.context_id,
            "subject": self.subject,
            "kind": self.kind.value,
            "target": self.target,
            "occurred_at": self.occurred_at.astimezone(UTC).isoformat(),
            "score": self.score,
            "maximum": self.maximum,
            "completed": self.completed,
            "deployment_id": self.deployment_id,
        } | {name: getattr(self, name) for name, usual in _USUAL.items() if getattr(self, name) != usual}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> LearningEvent:
        """Inverse of `to_json`."""
        return cls(
            **{
                **value,
                "kind": FactKind(value["kind"]),
                "occurred_at": datetime.fromisoformat(value["occurred_at"]),
            }
        )

    def statement_hash(self) -> str:
        """SHA-256 (hex) over what is said, whoever it is said of: it settles which of two statements of one moment
        counts, for every learner alike."""
        said = [self.kind.value, self.target, self.score, self.maximum, self.completed, self.source]
        said += [str(self.standing)] if self.standing else []
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def content_hash(self) -> str:
        """SHA-256 (hex) over everything but the id: the same statement twice has the same hash."""
        content = self.to_json()
        del content["event_id"]
        if not self.is_timed:
            del content["occurred_at"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
