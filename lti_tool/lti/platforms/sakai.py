"""Sakai follows the specifications here; the entry gives it its name."""

from __future__ import annotations

from lti_tool.lti.platforms.quirks import Quirks

QUIRKS = Quirks(name="Sakai", product_codes=("sakai", "sakailms.org"))
