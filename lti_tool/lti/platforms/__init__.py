"""The quirks of each LMS, one file each. Nowhere else is an LMS asked for by name."""

from __future__ import annotations

from lti_tool.lti.platforms import canvas, generic, moodle, sakai
from lti_tool.lti.platforms.quirks import Quirks

__all__ = ["Quirks", "quirks_of"]

_KNOWN: tuple[Quirks, ...] = (moodle.QUIRKS, canvas.QUIRKS, sakai.QUIRKS)
_BY_CODE = {code: quirks for quirks in _KNOWN for code in quirks.product_codes}


def quirks_of(product: str) -> Quirks:
    """Quirks by `product_family_code`, which a registration keeps as its `product`."""
    return _BY_CODE.get(product.lower(), generic.QUIRKS)
