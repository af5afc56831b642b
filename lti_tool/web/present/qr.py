"""QR codes as pictures in the page."""

from __future__ import annotations

import segno


def qr_data_uri(text: str) -> str:
    """An SVG with a quiet zone of four modules (ISO/IEC 18004), as a data: address for an <img>."""
    code = segno.make(text, error="m", micro=False)
    uri: str = code.svg_data_uri(scale=5, border=4, light="#ffffff", dark="#111827", omitsize=True)
    return uri
