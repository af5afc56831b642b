"""What an administrator says of a sender of statements: which people and which course its statements mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lti_tool.domain.aliases import AliasKind

LTI = "lti"
# What the name of an account may be; the others of AliasKind are not what people's systems call them.
PERSON_KINDS = (LTI, AliasKind.LMS_USER_ID.value, AliasKind.LOGIN.value, AliasKind.SIS_USER_ID.value)


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
