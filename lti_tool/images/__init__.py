"""Badge images: checked when they are uploaded, or drawn from a colour, a shape, a symbol and words. And files that
are handed in as evidence."""

from lti_tool.images.check import CheckedImage, check_upload
from lti_tool.images.drawing import PALETTE, SHAPES, SYMBOLS, WORDS_LIMIT, BadgeDesign, badge_svg, draw
from lti_tool.images.evidence import check_evidence

__all__ = [
    "PALETTE",
    "SHAPES",
    "SYMBOLS",
    "WORDS_LIMIT",
    "BadgeDesign",
    "CheckedImage",
    "badge_svg",
    "check_evidence",
    "check_upload",
    "draw",
]
