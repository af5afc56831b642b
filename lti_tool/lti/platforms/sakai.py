"""Sakai: where its administrator allows it, AGS lists the columns of others too, marked, and gives their results.

https://github.com/sakaiproject/sakai/blob/master/lti/docs/LTI13_EXTENSIONS.md ("Gradebook read-only view")
"""

from __future__ import annotations

from lti_tool.lti.platforms.quirks import Quirks

QUIRKS = Quirks(
    name="Sakai",
    product_codes=("sakai", "sakailms.org"),
    foreign_column="https://www.sakailms.org/spec/lti-ags/v2p0/readOnly",
)
