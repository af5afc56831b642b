"""Access tokens of the platform's services (Security Framework 1.0, 4.1: client credentials, signed assertion)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
import requests

from lti_tool.domain.platform import Registration
from lti_tool.http.errors import HttpError
from lti_tool.lti.keys import KeySource, signing_key
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.token_refusals import token_refused
from lti_tool.usecases.ports import Clock

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# Moodle refuses an assertion whose iat is even two seconds ahead of its clock.
_ISSUED_AGO = timedelta(seconds=5)
_ASSERTION_LIFE = timedelta(minutes=5)
_SPARE = timedelta(seconds=60)
_DEFAULT_LIFE = timedelta(minutes=5)


@dataclass(slots=True)
class _Entry:
    """A token and until when it is handed out. The lock lets one thread ask for all that wait."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = ""
    good_until: datetime | None = None


class CachedServiceTokens:
    """Implements usecases.ports.ServiceTokens.

    The cache key is the registration, never the issuer: two institutions can share one issuer, and the token of
    one must not serve the other. In this process, safe between threads.
    """

    def __init__(self, http: requests.Session, keys: KeySource, clock: Clock) -> None:
        self._http = http
        self._keys = keys
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[tuple[str, ...], _Entry] = {}

    def get(self, registration: Registration, scopes: Sequence[str]) -> str:
        """A token for these scopes, good for some seconds at least. Raises ServiceError `token.*`."""
        entry = self._entry(registration, scopes)
        with entry.lock:
            if entry.good_until is None or self._clock.now() >= entry.good_until:
                entry.token, entry.good_until = self._fetch(registration, sorted(set(scopes)))
            return entry.token

    def renew(self, registration: Registration, scopes: Sequence[str]) -> str:
        """A token that was asked for now, whatever is kept: for finding out whether tokens are to be had."""
        entry = self._entry(registration, scopes)
        with entry.lock:
            entry.token, entry.good_until = self._fetch(registration, sorted(set(scopes)))
            return entry.token

    def forget(self, registration: Registration, scopes: Sequence[str], token: str) -> None:
        """Drops a token that a service refused; one that was fetched meanwhile stays."""
        entry = self._entry(registration, scopes)
        with entry.lock:
            if entry.token == token:
                entry.good_until = None

    def _entry(self, registration: Registration, scopes: Sequence[str]) -> _Entry:
        # The addresses are part of the key, so that a corrected registration does not use the old token.
        key = (registration.id, registration.client_id, registration.auth_token_url, *sorted(set(scopes)))
        with self._lock:
            return self._entries.setdefault(key, _Entry())

    def _fetch(self, registration: Registration, scopes: Sequence[str]) -> tuple[str, datetime]:
        asked_at = self._clock.now()
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._assertion(registration, asked_at),
            "scope": " ".join(scopes),
        }
        try:
            response = self._http.post(registration.auth_token_url, data=form, headers={"Accept": "application/json"})
        except HttpError as error:
            raise ServiceError("token.unavailable", error.message, status=error.status) from error
        if response.status_code != 200:
            raise token_refused(response)
        token, life = _read(response, scopes)
        return token, asked_at + max(life - _SPARE, life / 2)

    def _assertion(self, registration: Registration, now: datetime) -> str:
        kid, key = signing_key(self._keys)
        claims = {
            "iss": registration.client_id,
            "sub": registration.client_id,
            "aud": registration.auth_audience or registration.auth_token_url,
            "iat": int((now - _ISSUED_AGO).timestamp()),
            "exp": int((now + _ASSERTION_LIFE).timestamp()),
            "jti": secrets.token_urlsafe(24),
        }
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})


def _read(response: requests.Response, scopes: Sequence[str]) -> tuple[str, timedelta]:
    """Token and lifetime of an answer. The content type is not looked at: Moodle says text/html."""
    try:
        body: Any = response.json()
        token, seconds, granted = body["access_token"], body.get("expires_in"), body.get("scope")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ServiceError("token.malformed", "The platform's answer holds no access token.") from error
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise ServiceError("token.malformed", "The platform's answer holds no access token.")
    # Left out, it is as asked (RFC 6749, 5.1). Administrators of Canvas can switch off single services of a tool.
    if isinstance(granted, str) and not set(scopes) <= set(granted.split()):
        raise ServiceError(
            "token.scope_refused",
            "The platform grants less than was asked for.",
            status=403,
            hint="Allow the service in the platform's settings of the tool.",
        )
    known = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds < 10**7
    return token, timedelta(seconds=seconds) if known else _DEFAULT_LIFE
