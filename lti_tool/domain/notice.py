"""What a platform tells without being asked (LTI Platform Notification Service 1.0)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

ORIGIN_CONTEXTS = "https://purl.imsglobal.org/spec/lti/claim/origin_contexts"


class NoticeType(StrEnum):
    """The types that the tool asks for. HELLO_WORLD shows that notices arrive at all."""

    CONTEXT_COPY = "LtiContextCopyNotice"
    HELLO_WORLD = "LtiHelloWorldNotice"


class NoticeState(StrEnum):
    """RECEIVED until a job has looked at it; STORED is a copied course that waits for its badges; DONE."""

    RECEIVED = "received"
    STORED = "stored"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Notice:
    """One verified notice. `payload` are its claims, but for those that change when it is sent once more.

    `context_id` is the course it is about, for a copy the new one: it need not be known to us, and can be a course
    that stood before, into which something was imported.
    """

    registration_id: str
    notice_id: str
    deployment_id: str
    type: NoticeType
    context_id: str
    payload: dict[str, Any]
    occurred_at: datetime
    received_at: datetime
    state: NoticeState = NoticeState.RECEIVED

    @property
    def origin_contexts(self) -> tuple[str, ...]:
        """The contexts that were copied from; () where the platform does not know."""
        origins = self.payload.get(ORIGIN_CONTEXTS)
        return tuple(one for one in origins if isinstance(one, str)) if isinstance(origins, list) else ()


@dataclass(frozen=True, slots=True)
class NoticeService:
    """Where a deployment's handlers are named, what it can send, and when it was last asked to."""

    registration_id: str
    deployment_id: str
    url: str
    types: tuple[str, ...]
    asked_at: datetime | None = None

    @property
    def wanted(self) -> tuple[NoticeType, ...]:
        return tuple(kind for kind in NoticeType if kind in self.types)
