"""The form for Moodle's web services: an address and a token that is never shown again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lti_tool.domain.platform import Registration
from lti_tool.lti.urls import web_address
from lti_tool.web.form_text import typed

# What the token's external service must offer, and what is lost without it.
FUNCTIONS = (
    ("gradereport_user_get_grade_items", "grades"),
    ("core_course_get_contents", "names of activities and sections"),
    ("core_completion_get_activities_completion_status", "completion"),
    (
        "core_enrol_get_enrolled_users",
        "who was in the course, so that only they are asked about (optional; the user may moodle/user:viewdetails)",
    ),
    ("core_group_get_course_groups", "names of groups (optional)"),
    ("core_group_get_group_members", "who is in which group (optional)"),
    ("core_webservice_get_site_info", "what “Check now” asks"),
)


@dataclass(frozen=True, slots=True)
class MoodleForm:
    """`errors`: message by field ("moodle_url", "moodle_token")."""

    url: str
    token: str = field(repr=False)
    errors: dict[str, str]


def read(form: Mapping[str, str], held: Registration) -> MoodleForm:
    """What was sent. An empty token keeps the stored one, but only for the address it was given for: otherwise
    whoever may change the address could have the token sent elsewhere."""
    url, token = typed(form, "moodle_url").rstrip("/"), typed(form, "moodle_token")
    errors = {}
    address = web_address(url)
    if address is None or address.query or address.fragment:
        errors["moodle_url"] = "Give the address of the Moodle site, such as https://moodle.example.edu."
    if not token:
        if held.moodle_token and held.moodle_url == url:
            token = held.moodle_token
        else:
            errors["moodle_token"] = "Paste the token that you made in Moodle for this address."  # nosec B105 - a sentence
    return MoodleForm(url, token, errors)
