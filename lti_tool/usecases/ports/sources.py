"""Who may send events to the tool, beside the platform itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class SourceCredential:
    """With what a sender of one platform proves itself. `settings` are the source's own, without secrets."""

    id: str
    registration_id: str
    source: str
    key_id: str
    secret: str = field(repr=False)
    settings: dict[str, Any]
    created_at: datetime
    last_heard_at: datetime | None = None
    retired_at: datetime | None = None


class UploadColumns(Protocol):
    """Which column of an uploaded table says what, by course, as the upload's own room writes it."""

    def get(self, course_id: str) -> dict[str, str]:
        """Empty where nothing was uploaded yet."""
        ...

    def save(self, course_id: str, columns: dict[str, str], at: datetime) -> None: ...


class SourceCredentials(Protocol):
    def add(self, credential: SourceCredential) -> None: ...
    def of_registration(self, registration_id: str) -> list[SourceCredential]:
        """The oldest first, retired ones too."""
        ...

    def find(self, source: str, key_id: str) -> SourceCredential | None: ...
    def touch(self, credential_id: str, heard_at: datetime) -> None: ...
    def retire(self, credential_id: str, at: datetime) -> None: ...
