"""PNG in, our own PNG out: pixels only, no metadata, no frames, nothing behind the end."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from lti_tool.images.refusals import refusal

EDGE_LIMIT = 4096  # px of an upload
STORED_EDGE = 1024  # px; more than any wallet or page shows of a badge


def reencode(data: bytes) -> bytes:
    """The first frame of a PNG as a plain RGBA PNG, 1024 px an edge at most. Run in the worker process only."""
    Image.MAX_IMAGE_PIXELS = EDGE_LIMIT * EDGE_LIMIT
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if max(image.size) > EDGE_LIMIT:
                raise refusal("image.too_many_pixels")
            image.verify()  # the checksum of every chunk; the file must be opened again after it
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            image.load()
            return encode(as_rgba(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise refusal("image.too_many_pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise refusal("image.damaged") from None


def encode(image: Image.Image) -> bytes:
    """Fits an RGBA image into the stored size and writes it, without anything the source carried along."""
    if max(image.size) > STORED_EDGE:
        image.thumbnail((STORED_EDGE, STORED_EDGE), Image.Resampling.LANCZOS)
    clean = Image.frombytes("RGBA", image.size, image.tobytes())
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return out.getvalue()


def as_rgba(image: Image.Image) -> Image.Image:
    """Eight bits a channel. Sixteen-bit grey is scaled: Pillow's own conversion would clip it to white."""
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")
    return image if image.mode == "RGBA" else image.convert("RGBA")
