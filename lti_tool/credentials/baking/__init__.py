"""A credential inside the badge's image (Open Badges 3.0, section 5.3)."""

from lti_tool.credentials.baking.payload import payload_text
from lti_tool.credentials.baking.png import bake_png, is_png, unbake_png

__all__ = ["bake_png", "is_png", "payload_text", "unbake_png"]
