"""The list as a signed JWT. Other than in a Bitstring Status List the first entry is the lowest bit of its byte."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from lti_tool.credentials.keys_text import b64url
from lti_tool.credentials.signatures import sign_compact

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_MAX_AGE_S = 30
# Status types (section 7.1): with one bit 1 is INVALID, with two 2 is SUSPENDED.
_BITS = {"revocation": 1, "suspension": 2}


def write_token_status_list(
    address: str,
    bits: bytes,
    purpose: str,
    *,
    issued_at: datetime,
    valid_until: datetime,
    kid: str,
    private_key: EllipticCurvePrivateKey,
) -> str:
    """The Status List Token (section 5.1) served at `address`.

    `bits`: those of the Bitstring Status List of the same `purpose` ("revocation" or "suspension").
    """
    lowest_first = bits.translate(_REVERSED)
    packed = lowest_first if purpose == "revocation" else _spread(lowest_first)
    claims: dict[str, Any] = {
        "sub": address,
        "iat": int(issued_at.timestamp()),
        "exp": int(valid_until.timestamp()),
        "ttl": _MAX_AGE_S,
        "status_list": {"bits": _BITS[purpose], "lst": b64url(zlib.compress(packed, 9))},
    }
    return sign_compact(claims, {"typ": "statuslist+jwt", "kid": kid}, private_key)


def _spread(lowest_first: bytes) -> bytes:
    """Two bits an entry: a set one becomes 2, so that each bit goes to the upper of its pair."""
    pairs = [b"".join([_half(byte & 0x0F), _half(byte >> 4)]) for byte in range(256)]
    return b"".join(pairs[byte] for byte in lowest_first)


def _half(nibble: int) -> bytes:
    return bytes([sum((nibble >> place & 1) << (2 * place + 1) for place in range(4))])
