"""Where a practice LMS answers, and how it names itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """`account_url` is the address of the account's own host, `issuer` the ``iss``; none ends with a slash."""

    base_url: str
    account_url: str
    issuer: str


@dataclass(frozen=True)
class Paths:
    """Paths of the services; ``<int:…>`` stands for the number of a registration (`tool`) or a column (`item`)."""

    configuration: str
    registration: str
    authorization: str
    token: str
    keys: str
    line_items: str
    line_item: str
    roster: str
    content_return: str
    notice_handlers: str = ""
    # Added to the addresses of columns; AGS 2.0, 3.1.1 lets a platform do so.
    service_query: str = ""

    def fill(self, path: str, registration_id: int, item_id: int = 0) -> str:
        """A path with its numbers in place."""
        return path.replace("<int:tool>", str(registration_id)).replace("<int:item>", str(item_id))


@dataclass(frozen=True)
class AssertionRules:
    """How the client assertion of a token request is judged. Ages in seconds, None for no limit.

    `audiences` and `issuer_checked`: whether these are compared at all. `status` and `error`: what a bad one gets.
    """

    required: tuple[str, ...] = ("iss", "aud", "exp", "iat", "sub", "jti")
    audience_checked: bool = True
    issuer_checked: bool = True
    oldest: float | None = None
    most_ahead: float = 60.0
    expired_since: float = 60.0
    once: bool = True
    status: int = 401
    error: str = "invalid_client"
