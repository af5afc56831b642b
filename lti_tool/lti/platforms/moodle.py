"""Moodle, as measured on 4.4.

Lists are never asked for in pages: its AGS answers a `limit` with a broken Link header (typographic quotes), and
`results?limit=` crashes. Without a limit everything comes in one page. Context 1 is the site's front page, whose roster
is every user of the site with her e-mail address.
"""

from __future__ import annotations

from lti_tool.domain.launch import MessageType
from lti_tool.lti.platforms.quirks import Quirks

QUIRKS = Quirks(
    name="Moodle",
    product_codes=("moodle",),
    one_deployment=True,
    site_contexts=("1",),
    placements={MessageType.DEEP_LINKING: ("ContentArea",)},
)
