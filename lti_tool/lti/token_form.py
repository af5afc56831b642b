"""The outside of a platform's token: what can be judged without a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lti_tool.lti.refusals import refusal
from lti_tool.lti.strict_json import read_segment

# Characters. A claim of a mebibyte still gets its own refusal; what is longer is not even read.
LONGEST_TOKEN = 3 * 512 * 1024
# A name: what could be a path, a pattern or markup somewhere is none.
_KEY_ID = re.compile(r"(?!.*\.\.)[A-Za-z0-9._~:@+/=#|,-]{1,255}")
# A key that comes with the message proves nothing; it is refused rather than ignored, and never fetched.
_KEY_HEADERS = ("jwk", "jku", "x5u")


@dataclass(frozen=True, slots=True)
class TokenForm:
    """A compact JWS taken apart. `claims` are unproven until `signature` (base64url) was verified over `signed`, the
    bytes of its first two segments (RFC 7515, 5.2)."""

    signed: bytes
    signature: str
    kid: str
    claims: dict[str, Any]


def read_form(compact: str) -> TokenForm:
    """Takes a token apart; raises `jwt.*` for one that is malformed or signed in a way that is not agreed."""
    if not compact:
        raise refusal("jwt.missing")
    if len(compact) > LONGEST_TOKEN:
        raise refusal("jwt.too_large")
    segments = compact.split(".")
    if len(segments) == 5:
        raise refusal("jwt.encrypted_unsupported")
    if len(segments) != 3:
        raise refusal("jwt.malformed")
    header = read_segment(segments[0])
    if not isinstance(header, dict):
        raise refusal("jwt.malformed")
    _check_header(header)
    claims = read_segment(segments[1])
    if not isinstance(claims, dict):
        raise refusal("jwt.payload_not_object")
    return TokenForm(f"{segments[0]}.{segments[1]}".encode(), segments[2], header["kid"], claims)


def _check_header(header: dict[str, Any]) -> None:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or not algorithm:
        raise refusal("jwt.alg_missing")
    if algorithm != "RS256":  # the certification guide forbids symmetric keys, 5.4 forbids "none"
        raise refusal("jwt.alg_forbidden")
    if "kid" not in header:
        raise refusal("jwt.kid_missing")
    if not isinstance(header["kid"], str) or not _KEY_ID.fullmatch(header["kid"]):
        raise refusal("jwt.kid_malformed")
    if any(name in header for name in _KEY_HEADERS):
        raise refusal("jwt.key_header_forbidden")
    if "crit" in header:  # RFC 7515, 4.1.11: what is critical and not understood must be refused
        raise refusal("jwt.crit_unknown")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.upper() != "JWT":
        raise refusal("jwt.type_wrong")
