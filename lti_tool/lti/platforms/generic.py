"""Any platform that is not known to differ."""

from __future__ import annotations

from lti_tool.lti.platforms.quirks import Quirks

QUIRKS = Quirks(name="learning platform")
