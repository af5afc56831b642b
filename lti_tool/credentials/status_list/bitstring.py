"""The compressed bit string: entry 0 is the left-most bit of the first byte."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Collection

from lti_tool.credentials.keys_text import b64url, b64url_decode
from lti_tool.domain.errors import BadgeToolError

# The specification's minimum: in a shorter list a fetch would tell the issuer too much about who was checked.
LIST_SIZE = 131_072
_MAX_LIST_BYTES = 4 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


def encode(indexes: Collection[int], size: int = LIST_SIZE) -> str:
    """``u`` and base64url of the gzipped bits with every entry of `indexes` set. Same entries, same text.

    Raises BadgeToolError ``status.index_out_of_range`` or ``status.list_too_short``.
    """
    if size < LIST_SIZE or size % 8:
        raise BadgeToolError("status.list_too_short", "A status list has at least 131,072 entries.", status=500)
    bits = bytearray(size // 8)
    for index in indexes:
        if not 0 <= index < size:
            raise BadgeToolError("status.index_out_of_range", "A badge's place is not on the status list.", status=500)
        bits[index // 8] |= 0x80 >> index % 8
    # A fixed time in the gzip header keeps the text the same.
    return "u" + b64url(gzip.compress(bytes(bits), mtime=0))


def decode(encoded: str) -> bytes:
    """The bits of an ``encodedList``. Raises BadgeToolError ``status.list_unreadable``; never unpacks above 4 MiB."""
    if not encoded.startswith("u") or len(encoded) > _MAX_LIST_BYTES:
        raise _unreadable()
    unpacker = zlib.decompressobj(_GZIP)
    try:
        bits = unpacker.decompress(b64url_decode(encoded[1:]), _MAX_LIST_BYTES)
    except (ValueError, zlib.error) as error:
        raise _unreadable() from error
    if not unpacker.eof or len(bits) * 8 < LIST_SIZE:
        raise _unreadable()
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Whether entry `index` is set. Raises BadgeToolError ``status.index_out_of_range``."""
    if not 0 <= index < len(bits) * 8:
        raise BadgeToolError("status.index_out_of_range", "The badge's place is not on the status list.")
    return bool(bits[index // 8] & 0x80 >> index % 8)


def _unreadable() -> BadgeToolError:
    return BadgeToolError("status.list_unreadable", "The status list cannot be read.")
