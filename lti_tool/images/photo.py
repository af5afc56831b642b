"""A picture that shows something, such as a photo: JPEG or PNG in, the same kind out.

Cameras write where and by whom a photo was taken into it: none of that is kept.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from lti_tool.images.png import as_rgba
from lti_tool.images.refusals import refusal

MOST_PIXELS = 50_000_000
STORED_EDGE = 2048  # px; enough to read a page by
_QUALITY = 88


def reencode_photo(data: bytes) -> bytes:
    """Upright, 2048 px an edge at most, without metadata. Run in the worker process only."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG"]) as image:
            is_jpeg = image.format == "JPEG"
            image.draft("RGB", (STORED_EDGE, STORED_EDGE))  # a large JPEG is decoded at a fraction of its size
            image.load()
            return _encoded(ImageOps.exif_transpose(image), is_jpeg)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise refusal("image.photo_too_large") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise refusal("image.damaged") from None


def _encoded(image: Image.Image, is_jpeg: bool) -> bytes:
    image = image.convert("RGB") if is_jpeg else as_rgba(image)
    image.thumbnail((STORED_EDGE, STORED_EDGE), Image.Resampling.LANCZOS)
    clean = Image.frombytes(image.mode, image.size, image.tobytes())
    out = io.BytesIO()
    if is_jpeg:
        clean.save(out, "JPEG", quality=_QUALITY)
    else:
        clean.save(out, "PNG", optimize=True)
    return out.getvalue()
