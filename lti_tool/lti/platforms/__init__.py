"""The quirks of each LMS, one file each. Nowhere else is an LMS asked for by name."""

from __future__ import annotations

from urllib.parse import urlsplit

from lti_tool.domain.platform import PRODUCTION
from lti_tool.lti.platforms import canvas, generic, moodle, sakai
from lti_tool.lti.platforms.quirks import Quirks

__all__ = ["Quirks", "environment_of", "quirks_of"]

_KNOWN: tuple[Quirks, ...] = (moodle.QUIRKS, canvas.QUIRKS, sakai.QUIRKS)
_BY_CODE = {code: quirks for quirks in _KNOWN for code in quirks.product_codes}


def quirks_of(product: str) -> Quirks:
    """Quirks by `product_family_code`, which a registration keeps as its `product`."""
    return _BY_CODE.get(product.lower(), generic.QUIRKS)


def environment_of(issuer: str) -> str:
    """Which environment an issuer is, as far as its host tells: "production", "beta" or "test"."""
    host = (urlsplit(issuer).hostname or "").rstrip(".")
    return next((one.environments[host] for one in _KNOWN if host in one.environments), PRODUCTION)
