"""Canvas: https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.registration

One issuer serves every hosted institution, and each has hosts (also vanity ones) that the registration does not
name. Rosters come ten at a time unless more are asked for. Beta and test are copies of production, overwritten from
it every week and every month: an award made there would stand for nothing.
"""

from __future__ import annotations

from lti_tool.domain.launch import MessageType
from lti_tool.lti.platforms.quirks import Quirks

EXTENSION = "https://canvas.instructure.com/lti/"
# Canvas's own ids of a person and a course: its events and its REST interface know no others. A variable that is not
# available comes as its own name. Canvas's list of variables is not complete, so nothing is left out for it.
CUSTOM_PARAMETERS = {
    "canvas_user_id": "$Canvas.user.id",
    "canvas_user_global_id": "$Canvas.user.globalId",
    "canvas_user_uuid": "$vnd.instructure.User.uuid",
    "canvas_user_sis": "$Canvas.user.sisSourceId",
    "canvas_course_id": "$Canvas.course.id",
    "canvas_course_uuid": "$vnd.instructure.Course.uuid",
    "canvas_root_account_uuid": "$vnd.Canvas.root_account.uuid",
    "canvas_api_base": "$Canvas.api.baseUrl",
    "canvas_context_global_id": "$com.instructure.Context.globalId",
    "context_history": "$Context.id.history",
}
PRIVACY_LEVEL = "public"
TOOL_ID = "lti-badges"

QUIRKS = Quirks(
    name="Canvas",
    product_codes=("canvas",),
    roster_page=100,
    roster_names_people=True,
    # Without it each score is a new submission of the learner's, of which she may have a limited number.
    score_extension={"https://canvas.instructure.com/lti/submission": {"new_submission": False}},
    sites=("instructure.com", "canvaslms.com"),
    environments={"canvas.beta.instructure.com": "beta", "canvas.test.instructure.com": "test"},
    services_anywhere=True,
    frame_ancestors=("https://*.instructure.com",),
    placements={
        MessageType.RESOURCE_LINK: ("course_navigation",),
        MessageType.DEEP_LINKING: ("link_selection", "assignment_selection"),
    },
    placement_prefix=EXTENSION,
    message_extras={MessageType.RESOURCE_LINK: {EXTENSION + "course_navigation/default_enabled": True}},
    tool_configuration={EXTENSION + "privacy_level": PRIVACY_LEVEL, EXTENSION + "tool_id": TOOL_ID},
    custom_parameters=CUSTOM_PARAMETERS,
)
