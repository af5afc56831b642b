"""A mass award: awards that one act makes, which waits for a person where they are many and can be undone as one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import SYSTEM, Actor


class BatchState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    OPEN = "open"
    AWARDED = "awarded"
    DECLINED = "declined"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class AwardBatch:
    """`people`: whom it is about, where somebody was or is asked. `sign_at`: until then nothing of it is signed, so
    that undoing it leaves no trace outside. `actor`: who said yes, or undid it."""

    id: str
    achievement_id: str
    course_id: str
    state: BatchState
    made_at: datetime
    people: tuple[str, ...] = ()
    sign_at: datetime | None = None
    actor: Actor = SYSTEM
    reason: str = ""

    def confirmed(self, actor: Actor) -> AwardBatch:
        self._require(BatchState.WAITING)
        return replace(self, state=BatchState.CONFIRMED, actor=actor)

    def declined(self, actor: Actor) -> AwardBatch:
        self._require(BatchState.WAITING)
        return replace(self, state=BatchState.DECLINED, actor=actor)

    def undone(self, actor: Actor, reason: str) -> AwardBatch:
        """Refuses an empty reason: everybody who had the badge is told it."""
        self._require(BatchState.AWARDED, BatchState.OPEN)
        if not reason.strip():
            raise BadgeToolError("award.reason_missing", "Say why the badge is withdrawn.", status=422)
        return replace(self, state=BatchState.UNDONE, actor=actor, reason=reason.strip()[:500])

    def _require(self, *states: BatchState) -> None:
        if self.state not in states:
            raise BadgeToolError("award.batch_closed", "This was decided already.", status=409)
