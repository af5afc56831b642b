"""Notices of platforms, and asking for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from lti_tool.domain.notice import Notice, NoticeService, NoticeState, NoticeType
from lti_tool.domain.platform import Registration


class Notices(Protocol):
    def add(self, notice: Notice) -> bool:
        """Stores a notice unless one with its id is there already (from the same registration); True if it was not."""
        ...

    def get(self, registration_id: str, notice_id: str) -> Notice | None: ...
    def mark(self, registration_id: str, notice_id: str, state: NoticeState) -> None: ...
    def service(self, registration_id: str, deployment_id: str) -> NoticeService | None:
        """None where the deployment is not known, or offers none."""
        ...

    def save_service(self, service: NoticeService) -> None:
        """Of a deployment that is known."""
        ...

    def note_asked(self, registration_id: str, deployment_id: str, at: datetime) -> None: ...


class NoticeHandlers(Protocol):
    """The platform's side: which address gets which notices."""

    def subscribe(self, registration: Registration, service_url: str, handler: str, types: Sequence[NoticeType]) -> int:
        """Names `handler` for those types that have another; gives for how many. Raises BadgeToolError."""
        ...
