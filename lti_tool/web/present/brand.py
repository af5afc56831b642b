"""An issuer's own colour on pages that show its badges.

As a style sheet of its own: the pages allow no styles in their text.
"""

from __future__ import annotations

from lti_tool.domain.issuer import Issuer, ink_on


def brand_css(issuer: Issuer) -> str:
    """The band above its badges in its colour, with writing that can be read on it; "" where it has none."""
    if not issuer.colour:
        return ""
    return f".brand {{ background-color: {issuer.colour}; color: {ink_on(issuer.colour)}; }}\n"
