"""A badge image for those who have none: colour, shape and symbol, drawn as our own vector graphics."""

from lti_tool.images.drawing.compose import draw
from lti_tool.images.drawing.design import PALETTE, SHAPES, SYMBOLS, BadgeDesign

__all__ = ["PALETTE", "SHAPES", "SYMBOLS", "BadgeDesign", "draw"]
