"""A credential inside the badge's image (Open Badges 3.0, section 5.3)."""

from lti_tool.credentials.baking.payload import payload_text
from lti_tool.credentials.baking.png import bake_png, is_png, unbake_png
from lti_tool.credentials.baking.svg import bake_svg, is_svg, unbake_svg

__all__ = ["bake_png", "bake_svg", "is_png", "is_svg", "payload_text", "unbake_png", "unbake_svg"]
