"""Where failpoints sit: at the seams between use cases and the world, so that no use case knows of them."""

from lti_tool.bootstrap.failpoints.seams import Seams

__all__ = ["Seams"]
