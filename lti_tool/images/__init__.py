"""Badge images: checked when they are uploaded, or drawn from a colour, a shape and a symbol."""

from lti_tool.images.check import CheckedImage, check_upload
from lti_tool.images.drawing import PALETTE, SHAPES, SYMBOLS, BadgeDesign, draw

__all__ = ["PALETTE", "SHAPES", "SYMBOLS", "BadgeDesign", "CheckedImage", "check_upload", "draw"]
