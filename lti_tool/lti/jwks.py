"""The keys of platforms: fetched, kept for a while, asked for again when a key is new."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from jwt.utils import base64url_decode

from lti_tool.domain.errors import BadgeToolError
from lti_tool.http.deadline import deadline
from lti_tool.http.errors import AddressRefused, BadUrl, HttpError, HttpTimeout, SchemeRefused, TooLarge
from lti_tool.lti.refusals import refusal
from lti_tool.usecases.ports import Clock

LIFETIME = timedelta(hours=1)
# A flood of launches with made-up keys must not become a flood of requests to the platform.
REFETCH_PAUSE = timedelta(seconds=30)
_PATIENCE_SECONDS = 3.0
_SMALLEST_BITS = 2048
_SMALLEST_EXPONENT = 3


@dataclass(slots=True)
class _Entry:
    """One key set. The lock makes launches that arrive together wait for one fetch."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: list[dict[str, Any]] | None = None
    made: dict[str, RSAPublicKey] = field(default_factory=dict)
    fetched_at: datetime | None = None
    asked_at: datetime | None = None
    failure: str = ""


class JwksCache:
    """Public keys by the address of their set and their kid. In this process, safe between threads."""

    def __init__(self, http: requests.Session, clock: Clock) -> None:
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}

    def find(self, jwks_url: str, kid: str) -> RSAPublicKey:
        """The key of that kid; an unknown kid makes one new fetch, whatever comes of it at most one every 30 seconds.

        Raises jwt.kid_unknown, or keys.* (the set, or the key in it).
        """
        with self._lock:
            entry = self._entries.setdefault(jwks_url, _Entry())
        with entry.lock:
            found = self._look_up(entry, jwks_url, kid)
            if not found:
                raise refusal("jwt.kid_unknown")
            if len(found) > 1:
                raise refusal("keys.ambiguous")
            if kid not in entry.made:
                entry.made[kid] = public_key(found[0])
            return entry.made[kid]

    def _look_up(self, entry: _Entry, jwks_url: str, kid: str) -> list[dict[str, Any]]:
        now = self._clock.now()
        known = entry.fetched_at is not None and now - entry.fetched_at < LIFETIME
        found = _with_kid(entry, kid) if known else []
        if found:
            return found
        if entry.asked_at is not None and now - entry.asked_at < REFETCH_PAUSE:
            raise refusal(entry.failure or "keys.refetch_limited")
        entry.asked_at, entry.failure = now, ""
        try:
            entry.keys, entry.made = self._read(jwks_url), {}
        except BadgeToolError as error:
            entry.failure = error.code
            raise
        entry.fetched_at = now
        return _with_kid(entry, kid)

    def _read(self, jwks_url: str) -> list[dict[str, Any]]:
        try:
            with deadline(_PATIENCE_SECONDS):  # for the whole answer: a person waits for it
                response = self._http.get(jwks_url, headers={"Accept": "application/json"}, timeout=_PATIENCE_SECONDS)
        except HttpError as error:
            raise refusal(_CODES.get(type(error), "keys.unavailable")) from error
        if response.is_redirect:  # never followed: it could lead anywhere
            raise refusal("keys.url_forbidden")
        if response.status_code != 200:
            raise refusal("keys.unavailable")
        try:
            document = response.json()
        except ValueError as error:
            raise refusal("keys.unavailable") from error
        keys = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(keys, list):
            raise refusal("keys.malformed")
        return [key for key in keys if isinstance(key, dict)]


_CODES: dict[type[HttpError], str] = {
    HttpTimeout: "keys.timeout",
    AddressRefused: "keys.url_forbidden",
    SchemeRefused: "keys.url_forbidden",
    BadUrl: "keys.url_forbidden",
    TooLarge: "keys.too_large",
}


def _with_kid(entry: _Entry, kid: str) -> list[dict[str, Any]]:
    return [key for key in entry.keys or () if key.get("kid") == kid]


def public_key(jwk: dict[str, Any]) -> RSAPublicKey:
    """An RSA key that may verify RS256 signatures, from its JWK (RFC 7517); raises keys.*."""
    if jwk.get("kty") != "RSA":
        raise refusal("keys.type_forbidden")
    operations = jwk.get("key_ops")
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", "RS256") != "RS256":
        raise refusal("keys.use_wrong")
    if operations is not None and (not isinstance(operations, list) or "verify" not in operations):
        raise refusal("keys.use_wrong")
    try:
        numbers = RSAPublicNumbers(e=_number(jwk, "e"), n=_number(jwk, "n"))
        if numbers.e < _SMALLEST_EXPONENT or numbers.n.bit_length() < _SMALLEST_BITS:
            raise refusal("keys.weak")
        return numbers.public_key()
    except (KeyError, ValueError, TypeError) as error:
        raise refusal("keys.malformed") from error


def _number(jwk: dict[str, Any], name: str) -> int:
    """A number of an RSA key (RFC 7518, 6.3.1); no platform has one of more than 16384 bits."""
    value = jwk[name]
    if not isinstance(value, str) or len(value) > 4096:
        raise TypeError(name)
    return int.from_bytes(base64url_decode(value))
