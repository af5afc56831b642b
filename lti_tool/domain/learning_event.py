"""One shape for what any source says happened."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lti_tool.domain.aliases import COURSE_NAMES, LTI_NAME, PERSON_NAMES
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.fact_kind import ATTEMPTED, RATED, SCORED, STANDINGS, FactKind, GradeVariant, Standing

__all__ = ["ATTEMPTED", "RATED", "SCORED", "STANDINGS", "FactKind", "GradeVariant", "LearningEvent", "Standing"]

# A clock of another system is never quite ours; a day covers a wrong time zone as well.
EARLIEST_EVENT = datetime(2000, 1, 1, tzinfo=UTC)
LONGEST_LETTER = 64
# A record keeps every attempt, so their number has an end.
MOST_ATTEMPTS = 1000

# Members that are told where they are not as usual, so that stored events keep their content's hash.
_USUAL: dict[str, Any] = {
    "subject_kind": "lti",
    "context_kind": "lti",
    "standing": "",
    "is_timed": True,
    "letter": "",
    "attempt": None,
    "variant": "",
    "late": None,
    "submitted_at": None,
}
# Those of them that belong to what is said, for the hash that settles which of two statements counts.
_SAID = ("letter", "attempt", "variant", "late", "submitted_at")


@dataclass(frozen=True, slots=True)
class LearningEvent:
    """Something a source says about one learner in one course.

    `event_id` is the source's own id, or a hash of the content where it has none. `subject` is the LTI ``sub`` and
    `context_id` the LTI context id, unless `subject_kind` and `context_kind` say which other name it is
    (domain.aliases). `target` is what it is about (FactKind). Scored kinds use
    `score` and `maximum` (points; ``score`` None means the grade was withdrawn); the others use `completed`.
    `standing` says why the statement does not count for awards: it is a fact all the same, and earns nothing.
    `letter` is the grade in words of the LMS ("B+", "Proficient"), beside a score or instead of it. `attempt` is the
    number of the attempt that a score or a submission belongs to; without it, it is what stands in the gradebook.
    `variant` is which course grade it is (GradeVariant), or the piece of evidence that was reviewed. `late` and
    `submitted_at` tell of a submission.
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
    letter: str = ""
    attempt: int | None = None
    variant: str = ""
    late: bool | None = None
    submitted_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.occurred_at.tzinfo is None or self.occurred_at < EARLIEST_EVENT:
            raise BadgeToolError("event.time_invalid", "The event has no usable time with a zone.", status=422)
        if not self.subject or not self.context_id or not self.event_id:
            raise BadgeToolError("event.malformed", "The event lacks its id, its course or its learner.")
        if self.standing not in STANDINGS or self.subject_kind not in PERSON_NAMES:
            raise BadgeToolError("event.malformed", "The event's standing or its kind of learner's name is unknown.")
        if self.context_kind not in COURSE_NAMES:
            raise BadgeToolError("event.malformed", "The event's kind of course's name is unknown.")
        if self.kind not in SCORED | RATED and self.completed is None:
            raise BadgeToolError("event.malformed", "A completion event must say completed true or false.")
        self._check_score()
        self._check_slot()
        self._check_submission()

    @property
    def aspect(self) -> str:
        """What of the target: an attempt's number, a variant of the course grade, a piece of evidence; "" as a rule."""
        return self.variant if self.attempt is None else str(self.attempt)

    def _check_slot(self) -> None:
        if self.attempt is not None and not (self.kind in ATTEMPTED and 0 <= self.attempt <= MOST_ATTEMPTS):
            raise BadgeToolError("event.malformed", f"An attempt has a number of 0 to {MOST_ATTEMPTS}.")
        if self.variant and self.kind is FactKind.COURSE_GRADE and self.variant not in frozenset(GradeVariant):
            raise BadgeToolError("event.malformed", "The course grade is of an unknown variant.")
        if self.variant and self.kind not in (FactKind.COURSE_GRADE, FactKind.EVIDENCE_REVIEW):
            raise BadgeToolError("event.malformed", "Only course grades and evidence come in variants.")

    def _check_submission(self) -> None:
        if self.kind is not FactKind.ITEM_SUBMISSION and (self.late is not None or self.submitted_at is not None):
            raise BadgeToolError("event.malformed", "Only a submission is late, or has a time of its own.")
        if self.submitted_at is not None and self.submitted_at.tzinfo is None:
            raise BadgeToolError("event.time_invalid", "The event has no usable time with a zone.", status=422)

    def _check_score(self) -> None:
        if self.letter and (len(self.letter) > LONGEST_LETTER or not self.letter.isprintable()):
            raise BadgeToolError("event.score_invalid", "A grade in letters is a short printable text.", status=422)
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
        } | {name: _plain(getattr(self, name)) for name, usual in _USUAL.items() if getattr(self, name) != usual}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> LearningEvent:
        """Inverse of `to_json`."""
        times = {name: datetime.fromisoformat(value[name]) for name in ("occurred_at", "submitted_at") if name in value}
        members: dict[str, Any] = value | times | {"kind": FactKind(value["kind"])}
        return cls(**members)

    def statement_hash(self) -> str:
        """SHA-256 (hex) over what is said, whoever it is said of: it settles which of two statements of one moment
        counts, for every learner alike."""
        said: list[Any] = [self.kind.value, self.target, self.score, self.maximum, self.completed, self.source]
        said += [str(self.standing)] if self.standing else []
        more: dict[str, Any] = {
            name: _plain(getattr(self, name)) for name in _SAID if getattr(self, name) != _USUAL[name]
        }
        said += [more] if more else []
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def content_hash(self) -> str:
        """SHA-256 (hex) over everything but the id: the same statement twice has the same hash."""
        content = self.to_json()
        del content["event_id"]
        if not self.is_timed:
            del content["occurred_at"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
