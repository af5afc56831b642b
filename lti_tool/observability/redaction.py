"""Keeps secrets out of logs: by the name of a field, and by what a text looks like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from structlog.typing import EventDict, WrappedLogger

HIDDEN = "[hidden]"
_DEEPEST = 12
_LONGEST = 20_000  # characters of one text; more is a body that has no place in a log

_SECRET_NAME = re.compile(
    r"""
    authori[sz]ation | (?:set_?)?cookie | passw(?:or)?d | passphrase | secret | credential_offer | pre_authori[sz]ed
    | private_?key | api_?key | client_assertion | signature | nonce | \bstate\b | launch_session
    | session_(?:id|token|key)
    | (?:^|_)(?:token|jwt|otp|pin|csrf|hmac|wstoken|tx_code)(?:$|_)
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Names that only look secret.
_HARMLESS_NAME = re.compile(
    r"^(?:token_(?:endpoint|url|type|count)|.*_token_(?:endpoint|url)|token_expires_at)$", re.IGNORECASE
)

# Three base64url parts, of which the first decodes to {"…: a JWT or JWS; five of them are a JWE.
_JWT = re.compile(r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*")
_SCHEME = re.compile(r"\b(Bearer|Basic|DPoP|Token)\s+[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL)
_WEBHOOK_SECRET = re.compile(r"\bwhsec_[A-Za-z0-9+/=_-]+")
# name=value and "name": "value" in the middle of a text; the short OAuth names only inside a query string.
_NAMED_SECRET = re.compile(
    r"""([?&;\s"'{,]|^)
    ([\w-]*(?:token|secret|password|passwd|api_?key|assertion|signature|pre-authorized_code))
    (["']?\s*[=:]\s*["']?)[^\s&;"'#,}]+""",
    re.IGNORECASE | re.VERBOSE,
)
_QUERY_SECRET = re.compile(r"([?&](?:code|state|nonce|sig|session)=)[^\s&;\"'#]+", re.IGNORECASE)
# The last part of an address to which Canvas sends unsigned events.
_SECRET_PATH = re.compile(r"(/canvas-live-events/[^/\s]+/[^/\s]+/)[^/\s\"'?#]+")
# Most values are a code, an id, a name of ours or a time, which none of these can match: they are not tried one by one.
_HARMLESS = re.compile(r"(?!.*(?:whsec_|eyJ))[A-Za-z0-9_.-]{0,64}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII)
_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]*@", re.IGNORECASE)


def redact(value: Any) -> Any:
    """A copy of `value` without secrets, at any depth; what is not a container, text or number becomes its text."""
    return _redacted(value, 0)


def redact_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The same as a structlog processor."""
    return {key: HIDDEN if _is_secret(key) else _redacted(value, 1) for key, value in event.items()}


def _redacted(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth > _DEEPEST:
        return "[too deep]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {
            _text(str(key)): HIDDEN if _is_secret(str(key)) else _redacted(inner, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return _sequence(list(value), depth)
    if isinstance(value, bytes | bytearray):
        return f"[{len(value)} bytes]"
    return _text(str(value))


def _sequence(values: list[Any], depth: int) -> list[Any]:
    """A list; a pair of texts, as header lists hold them, is judged by its first as well."""
    if len(values) == 2 and isinstance(values[0], str) and _is_secret(values[0]):
        return [values[0], HIDDEN]
    return [_redacted(inner, depth + 1) for inner in values]


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    return bool(_SECRET_NAME.search(plain)) and not _HARMLESS_NAME.match(plain)


def _text(text: str) -> str:
    return text if _HARMLESS.fullmatch(text) else _without_secrets(text)


def _without_secrets(text: str) -> str:
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "[cut]"
    text = _PEM.sub(HIDDEN, text)
    text = _JWT.sub(HIDDEN, text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _WEBHOOK_SECRET.sub(HIDDEN, text)
    text = _SECRET_PATH.sub(rf"\1{HIDDEN}", text)
    text = _USERINFO.sub(rf"\1{HIDDEN}@", text)
    text = _QUERY_SECRET.sub(rf"\1{HIDDEN}", text)
    return _NAMED_SECRET.sub(rf"\1\2\3{HIDDEN}", text)
