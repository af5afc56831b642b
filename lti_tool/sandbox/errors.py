"""The one error this LMS raises on purpose; pages and services turn it into an answer."""

from __future__ import annotations


class PracticeError(Exception):
    """`code` is stable and dotted, `message` is a sentence for a person, `status` the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
