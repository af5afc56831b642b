"""A badge image for those who have none: colour, shape, symbol and words, drawn as our own vector graphics."""

from lti_tool.images.drawing.compose import badge_svg, draw
from lti_tool.images.drawing.design import PALETTE, SHAPES, SYMBOLS, WORDS_LIMIT, BadgeDesign

__all__ = ["PALETTE", "SHAPES", "SYMBOLS", "WORDS_LIMIT", "BadgeDesign", "badge_svg", "draw"]
