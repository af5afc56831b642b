"""Canvas: https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.registration

One issuer serves every hosted institution, and each has hosts (also vanity ones) that the registration does not
name. Rosters come ten at a time unless more are asked for.
"""

from __future__ import annotations

from lti_tool.lti.platforms.quirks import Quirks

QUIRKS = Quirks(
    name="Canvas",
    product_codes=("canvas",),
    roster_page=100,
    roster_names_people=True,
    # Without it each score is a new submission of the learner's, of which she may have a limited number.
    score_extension={"https://canvas.instructure.com/lti/submission": {"new_submission": False}},
    sites=("instructure.com", "canvaslms.com"),
    services_anywhere=True,
    frame_ancestors=("https://*.instructure.com",),
    deep_linking={"placements": ["link_selection", "assignment_selection"]},
    tool_configuration={"https://canvas.instructure.com/lti/privacy_level": "public"},
)
