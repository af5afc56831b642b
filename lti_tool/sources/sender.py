"""What an administrator says of a sender of statements: which people and which course its statements mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lti_tool.domain.aliases import AliasKind
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Registration
from lti_tool.sources.values import LONGEST_ID

LTI = "lti"
# What the name of an account may be, in words for administrators.
PERSON_KINDS = {
    LTI: "the id of LTI launches (in Moodle the user number)",
    AliasKind.LMS_USER_ID.value: "the platform's own user number",
    AliasKind.LOGIN.value: "the user name with which people sign in",
    AliasKind.SIS_USER_ID.value: "the number of the student information system",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """`home_page` is the site whose accounts count; `person_kind` says which name of a person an account's name is
    (as LearningEvent.subject_kind). `course_id` is the LTI context id for statements that name no course, or ""."""

    home_page: str
    person_kind: str = LTI
    course_id: str = ""

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Sender:
        return cls(str(value["home_page"]), str(value["person_kind"]), str(value.get("course_id", "")))


def usual_sender(registration: Registration) -> Sender:
    """What is most often right: Moodle names its accounts by its address and user number, which is its LTI ``sub``."""
    is_moodle = registration.product == "moodle"
    return Sender(registration.moodle_url or registration.issuer, LTI if is_moodle else AliasKind.LMS_USER_ID.value)


def read_sender(home_page: str, person_kind: str, course_id: str) -> Sender:
    """What was typed. Raises `source.home_page_invalid`, `source.person_kind_unknown`, `source.course_invalid`."""
    if not 0 < len(home_page) <= LONGEST_ID or not home_page.isprintable() or ":" not in home_page:
        raise BadgeToolError(
            "source.home_page_invalid",
            "Give the home page of the accounts, such as https://moodle.example.edu.",
            status=422,
        )
    if person_kind not in PERSON_KINDS:
        raise BadgeToolError("source.person_kind_unknown", "Say what the accounts' names are.", status=422)
    if len(course_id) > LONGEST_ID or not (course_id.isprintable() or not course_id):
        raise BadgeToolError("source.course_invalid", "That is no LTI context id.", status=422)
    return Sender(home_page, person_kind, course_id)
