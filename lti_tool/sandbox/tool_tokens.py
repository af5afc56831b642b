"""JWTs that a tool signs: client assertions and Deep Linking answers, checked with the tool's own key set."""

from __future__ import annotations

import ipaddress
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

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


@dataclass(frozen=True)
class JwtRules:
    """What a JWT of a tool must hold. Empty `audiences` are not compared; ages in seconds, None for no limit."""

    audiences: Sequence[str]
    required: Sequence[str]
    issuer_checked: bool = True
    oldest: float | None = None
    most_ahead: float = LEEWAY.total_seconds()
    expired_since: float = LEEWAY.total_seconds()


def verify(practice: Practice, registration: Registration, token: str, rules: JwtRules) -> dict[str, Any]:
    """The claims of a JWT that the tool signed (RS256) and that keeps the rules; `ToolTokenRefused` otherwise."""
    try:
        key = _key(practice, registration, jwt.get_unverified_header(token).get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=["RS256"],
            audience=rules.audiences or None,
            issuer=registration.client_id if rules.issuer_checked else None,
            options={
                "require": list(rules.required),
                "verify_aud": bool(rules.audiences),
                # Checked below against the clock of this LMS.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except jwt.PyJWTError as error:
        raise ToolTokenRefused(f"the JWT is not acceptable: {error}") from error
    _check_times(claims, rules, practice.clock().timestamp())
    return claims


def _check_times(claims: dict[str, Any], rules: JwtRules, now: float) -> None:
    for name in ("iat", "exp"):
        if name in claims and (isinstance(claims[name], bool) or not isinstance(claims[name], int | float)):
            raise ToolTokenRefused("iat and exp must be seconds since 1970")
    if "exp" in claims and not claims["exp"] > now - rules.expired_since:
        raise ToolTokenRefused("the JWT has expired")
    if "iat" in claims and not claims["iat"] <= now + rules.most_ahead:
        raise ToolTokenRefused("the JWT is issued in the future")
    if rules.oldest is not None and "iat" in claims and claims["iat"] < now - rules.oldest:
        raise ToolTokenRefused("the JWT was issued too long ago")


def _key(practice: Practice, registration: Registration, kid: Any) -> jwt.PyJWK:
    if not isinstance(kid, str) or not kid:
        raise ToolTokenRefused("the JWT names no key (kid)")
    if practice.blocks_private_hosts and _is_private(str(registration.metadata["jwks_uri"])):
        raise ToolTokenRefused("the address of the tool's key set is blocked")
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


def _is_private(url: str) -> bool:
    """As Moodle blocks by default: private addresses, localhost, and every port but 80 and 443."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "localhost" or parts.port not in (None, 80, 443):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


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
