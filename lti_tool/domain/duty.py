"""What an instructor entrusts to somebody of her course, beside what the learning platform's role allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.identity import Actor
from lti_tool.domain.roles import CourseRole, course_role


class Duty(StrEnum):
    """What each of them opens stands in web/security/access.py."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    DESIGNER = "designer"
    ISSUER = "issuer"


# Who teaches may do everything already; who learns is judged here and so judges nobody.
ENTRUSTED = frozenset({CourseRole.ASSISTANT, CourseRole.OTHER})


@dataclass(frozen=True, slots=True)
class Grant:
    """That somebody has a duty in a course, since when, and by whom."""

    course_id: str
    person_id: str
    duty: Duty
    granted_at: datetime
    granted_by: Actor


def can_be_entrusted(launch_roles: Iterable[str] | None, roster_roles: Iterable[str] | None) -> bool:
    """Whether a person neither teaches nor learns by her own launch, or before her first one by the roster.

    Moodle's roster calls a non-editing teacher a learner; her launch knows better.
    """
    roles = launch_roles if launch_roles is not None else roster_roles
    return roles is not None and course_role(roles) in ENTRUSTED
