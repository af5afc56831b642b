from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

Chunks = Callable[..., bytes]


@pytest.fixture(scope="session")
def good_png() -> bytes:
    """48 by 32 pixels, half red, half transparent."""
    image = Image.new("RGBA", (48, 32), (200, 30, 40, 255))
    image.paste((0, 0, 0, 0), (24, 0, 48, 32))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def chunk() -> Callable[[bytes, bytes], bytes]:
    """Builds one PNG chunk with its right checksum."""

    def build(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return build


@pytest.fixture(scope="session")
def with_chunks(good_png: bytes) -> Callable[..., bytes]:
    """The good PNG with chunks put in behind IHDR (which ends at byte 33)."""
    return lambda *chunks: good_png[:33] + b"".join(chunks) + good_png[33:]


@pytest.fixture(scope="session")
def svg() -> Callable[..., bytes]:
    """An SVG with a blue square and whatever else is asked for."""

    def build(inner: str = "", *, root: str = "", before: str = "") -> bytes:
        names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        square = '<rect width="40" height="40" fill="#0000ff"/>'
        return f'{before}<svg {names} viewBox="0 0 40 40" {root}>{square}{inner}</svg>'.encode()

    return build
