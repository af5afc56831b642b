"""One uncompressed ``iTXt`` chunk with keyword ``openbadgecredential``; every other byte of the image stays.

Pillow's own text reader merges chunks of one keyword, and the specification forbids two, so its chunk reader and
writer are used below that level.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from lti_tool.domain.errors import BadgeToolError

MAX_PNG_BYTES = 4 * 1024 * 1024
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
_KEYWORD_2 = b"openbadges"  # Open Badges 2.0: the assertion, or its address
# keyword, NUL, compression flag 0, compression method 0, empty language tag and translated keyword
# (PNG, https://www.w3.org/TR/png-3/#11iTXt).
_HEAD = _KEYWORD + b"\0\0\0\0\0"
_HEAD_2 = _KEYWORD_2 + b"\0\0\0\0\0"
_MAX_CHUNKS = 10_000


def is_png(data: bytes) -> bool:
    """Whether the data begins as every PNG does."""
    return data.startswith(_SIGNATURE)


def bake_png(png: bytes, payload: str, hosted_at: str = "") -> bytes:
    """The image with `payload` (JSON text with an embedded proof, or a compact JWT) as its only credential.

    With `hosted_at`, the address of the same badge as Open Badges 2.0, it carries that too, for readers of old.
    A credential that was in the image before is replaced. Raises BadgeToolError ``image.not_png``.
    """
    from PIL.PngImagePlugin import putchunk  # two MiB, for those who ever bake

    output = io.BytesIO()
    output.write(_SIGNATURE)
    for kind, data in _chunks(png):
        if kind == b"IEND":
            putchunk(output, b"iTXt", _HEAD, payload.encode())
            if hosted_at:
                putchunk(output, b"iTXt", _HEAD_2, hosted_at.encode("ascii"))
        if not _is_credential(kind, data) and not _is_credential(kind, data, _KEYWORD_2):
            putchunk(output, kind, data)
    return output.getvalue()


def unbake_png(png: bytes) -> str:
    """The credential text in the image; an Open Badge 2.0 only where there is no newer one.

    Raises BadgeToolError ``image.not_png``, ``image.no_credential``, ``image.two_credentials`` or
    ``image.credential_unreadable``.
    """
    chunks = [(kind, data) for kind, data in _chunks(png) if kind == b"iTXt"]
    for keyword in (_KEYWORD, _KEYWORD_2):
        found = [data for kind, data in chunks if _is_credential(kind, data, keyword)]
        if len(found) > 1:
            raise BadgeToolError("image.two_credentials", "The image carries more than one badge credential.")
        if found:
            return _text(found[0], keyword)
    raise BadgeToolError("image.no_credential", "The image carries no badge credential.")


def _is_credential(kind: bytes, data: bytes, keyword: bytes = _KEYWORD) -> bool:
    return kind == b"iTXt" and data.startswith(keyword + b"\0")


def _text(data: bytes, keyword: bytes) -> str:
    flags, rest = data[len(keyword) + 1 :][:2], data[len(keyword) + 3 :]
    _language, nul, rest = rest.partition(b"\0")
    _translated, second_nul, text = rest.partition(b"\0")
    try:
        # Compressed text is against the specification, and a way to hide a decompression bomb.
        if flags == b"\0\0" and nul and second_nul:
            return text.decode()
    except UnicodeDecodeError:
        pass
    raise BadgeToolError("image.credential_unreadable", "The credential in the image cannot be read.")


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk up to and with IEND, its checksum verified; pixels are never decoded."""
    if not is_png(png) or len(png) > MAX_PNG_BYTES:
        raise _not_png()
    from PIL.PngImagePlugin import ChunkStream

    stream = io.BytesIO(png[len(_SIGNATURE) :])
    reader = ChunkStream(stream)
    for _ in range(_MAX_CHUNKS):
        try:
            kind, _position, length = reader.read()
            data = stream.read(length)
            reader.crc(kind, data)
        except (SyntaxError, ValueError, OSError, struct.error) as error:
            raise _not_png() from error
        if len(data) != length:
            raise _not_png()
        yield kind, data
        if kind == b"IEND":
            return
    raise _not_png()


def _not_png() -> BadgeToolError:
    return BadgeToolError("image.not_png", "The image is not a whole PNG of at most 4 MiB.")
