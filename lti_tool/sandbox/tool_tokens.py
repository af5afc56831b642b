"""JWTs that a tool signs: client assertions and Deep Linking answers, checked with the tool's own key set."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import requests

from lti_tool.sandbox.practice import Practice
from lti_tool.sandbox.registrations import Registration
from lti_tool.sandbox.times import stamp

LEEWAY = timedelta(seconds=60)
TIMEOUT_SECONDS = 5.0
LARGEST_KEY_SET = 256 * 1024


class ToolTokenRefused(Exception):
    """Why a tool's JWT is not accepted."""


def verify(
    practice: Practice, registration: Registration, token: str, audiences: list[str], required: list[str]
) -> dict[str, Any]:
    """The claims of a JWT that the tool signed for one of `audiences`.

    Its signature (RS256), issuer, audience, lifetime and required claims hold; `ToolTokenRefused` otherwise.
    """
    try:
        key = _key(practice, registration, jwt.get_unverified_header(token).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=["RS256"],
            audience=audiences,
            issuer=registration.client_id,
            options={
                "require": ["iss", "aud", "exp", "iat", *required],
                # Checked below against the clock of this LMS.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.PyJWTError as error:
        raise ToolTokenRefused(f"the JWT is not acceptable: {error}") from error
    _check_times(claims, practice.clock())
    return claims


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    try:
        issued, expires = (datetime.fromtimestamp(claims[name], UTC) for name in ("iat", "exp"))
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise ToolTokenRefused("iat and exp must be seconds since 1970") from error
    if expires <= now - LEEWAY:
        raise ToolTokenRefused("the JWT has expired")
    if issued > now + LEEWAY:
        raise ToolTokenRefused("the JWT is issued in the future")


def _key(practice: Practice, registration: Registration, kid: Any) -> jwt.PyJWK:
    if not isinstance(kid, str) or not kid:
        raise ToolTokenRefused("the JWT names no key (kid)")
    try:
        with practice.http.get(registration.metadata["jwks_uri"], timeout=TIMEOUT_SECONDS, stream=True) as response:
            response.raise_for_status()
            body = response.raw.read(LARGEST_KEY_SET + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise ToolTokenRefused("the tool's key set cannot be fetched") from error
    try:
        keys = jwt.PyJWKSet.from_json(body.decode())
        return keys[kid]
    except KeyError as error:
        raise ToolTokenRefused("the tool's key set has no key of that kid") from error
    except (ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
        raise ToolTokenRefused("the tool's key set cannot be read") from error


def first_use(
    connection: sqlite3.Connection, registration_id: int, identifier: str, expires: float, now: datetime
) -> bool:
    """Whether a jti or nonce is new; it is remembered until the JWT it came in can no longer be used."""
    connection.execute("DELETE FROM seen_identifiers WHERE expires_at <= ?", (stamp(now),))
    until = min(datetime.fromtimestamp(min(expires, 4e9), UTC), now + timedelta(days=1)) + 2 * LEEWAY
    added = connection.execute(
        "INSERT OR IGNORE INTO seen_identifiers VALUES (?, ?, ?)", (registration_id, identifier, stamp(until))
    )
    return added.rowcount == 1
