"""What the ledger is told: one change of an award or of a badge's rule, with who did it and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award
from lti_tool.domain.criteria import to_document
from lti_tool.domain.identity import Actor


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry before it is sealed. `state`, `flag` and `version` are those after the change.

    `person_id` is whom it is about ("" where nobody in particular), or `subject` her name in the ledger where nothing
    else of her is left. `details` are JSON values that can be erased with
    the person: the reason in words, what was weighed, the content of a version.
    """

    course_id: str
    at: datetime
    actor: Actor
    action: str
    achievement_id: str = ""
    version: int = 0
    person_id: str = ""
    period: str = ""
    state: str = ""
    flag: str = ""
    event_at: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    subject: str = ""

    @classmethod
    def about_award(cls, award: Award, at: datetime, actor: Actor, action: str, details: Mapping[str, Any]) -> Deed:
        return cls(
            course_id=award.course_id,
            at=at,
            actor=actor,
            action=action,
            achievement_id=award.achievement_id,
            version=award.achievement_version,
            person_id=award.person_id,
            period=award.period,
            state=award.state.value,
            flag=award.flag.value,
            event_at=award.event_at,
            details={"award": award.id} | dict(details),
        )

    @classmethod
    def about_badge(cls, badge: Achievement, at: datetime, actor: Actor, action: str, reason: str = "") -> Deed:
        """With all that the badge says from now on."""
        content = {
            "name": badge.name,
            "description": badge.description,
            "image": badge.image_id,
            "criteria": None if badge.criteria is None else to_document(badge.criteria),
            "award_from": badge.award_from.value,
            "award_since": badge.award_since.isoformat() if badge.award_since else None,
            "terms": badge.terms.to_json(),
        }
        return cls(
            course_id=badge.course_id,
            at=at,
            actor=actor,
            action=action,
            achievement_id=badge.id,
            version=badge.version,
            state=badge.state.value,
            details={"content": content} | ({"reason": reason} if reason else {}),
        )
