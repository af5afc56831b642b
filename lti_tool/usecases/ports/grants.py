"""What an LMS lets the tool read through its own API, beside LTI."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ApiGrant:
    """The key that an administrator made for the tool in an LMS, and the tokens that the LMS gave for it (OAuth 2.0,
    RFC 6749, 4.1). One a registration.

    `url` is the LMS's address without a slash at its end. Without a `refresh_token` nobody has consented yet; `refused`
    is the code of the error with which the LMS ended it ("" while it stands), and no call is made with it any more.
    """

    registration_id: str
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None
    granted_at: datetime | None = None
    refused: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.refresh_token) and not self.refused


@dataclass(frozen=True, slots=True)
class ApiTokens:
    """`refresh_token` is "" where the LMS goes on with the one that is known; `life` is the access token's."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    life: timedelta


class ApiConsent(Protocol):
    """How an administrator of the LMS consents. `redirect_uri` is where the LMS sends her back to."""

    @property
    def redirect_uri(self) -> str: ...
    def consent_address(self, grant: ApiGrant, state: str, *, extras: bool = True) -> str: ...
    def exchange(self, grant: ApiGrant, code: str) -> ApiTokens:
        """Raises BadgeToolError."""
        ...


class ApiGrants(Protocol):
    """Beside the grants, whose turn it is to use one: an LMS counts the calls of a token wherever they come from."""

    def get(self, registration_id: str) -> ApiGrant | None: ...
    def save(self, grant: ApiGrant) -> None: ...
    def forget(self, registration_id: str) -> None: ...
    def take_turn(self, registration_id: str, holder: str, now: datetime, until: datetime) -> bool:
        """Whether `holder` may call now and nobody else, until then at the latest; never while the grant rests."""
        ...

    def end_turn(self, registration_id: str, holder: str, rest_until: datetime | None) -> None:
        """Lets the next one call, not before `rest_until`. Nothing where another has the turn by now."""
        ...

    def rests_until(self, registration_id: str) -> datetime | None: ...
