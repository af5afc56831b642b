"""Errors that carry a stable code, so that a log, an API client and a page can all name the same thing."""

from __future__ import annotations


class BadgeToolError(Exception):
    """A refusal that a person or a client can act on.

    `code` is a stable dotted name (``claim.nonce_used``), `message` one plain sentence without secrets,
    `status` the HTTP status it maps to, `hint` what the reader can do about it (may be empty).
    """

    def __init__(self, code: str, message: str, *, status: int = 400, hint: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.hint = hint


class NotFound(BadgeToolError):
    """The thing does not exist, or belongs to another course: the caller must not learn which."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, status=404)


class Forbidden(BadgeToolError):
    """The person is known, and this is not hers to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(code, message, status=403, hint=hint)
