"""Digests as credentials write them: Subresource Integrity, and multibase."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import base58

# Multihash (Controlled Identifiers 1.0, 2.5): the algorithm and the length stand before the digest.
_MULTIHASH = {"sha256": b"\x12\x20", "sha384": b"\x20\x30", "sha512": b"\x13\x40"}


def is_digest_of(content: bytes, text: Any) -> bool:
    """Whether ``sha384-…`` (one of several, parted by blanks) or a multibase text is a SHA-2 digest of the content."""
    return isinstance(text, str) and not set(text.split()).isdisjoint(_spellings(content))


def _spellings(content: bytes) -> Iterator[str]:
    for name, prefix in _MULTIHASH.items():
        digest = hashlib.new(name, content).digest()
        yield f"{name}-{base64.b64encode(digest).decode()}"
        for bare in (digest, prefix + digest):
            yield "u" + base64.urlsafe_b64encode(bare).decode().rstrip("=")
            yield "z" + base58.b58encode(bare).decode()
