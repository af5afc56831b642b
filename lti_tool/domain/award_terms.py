"""What holds for the awards of one badge: what a changed grade does to them, how long they last and can be renewed."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lti_tool.domain import criteria as rule
from lti_tool.domain.criteria import Criteria
from lti_tool.domain.errors import BadgeToolError

MOST_GRACE_DAYS = 30
MOST_MONTHS = 120
MOST_REMIND_DAYS = 180


class Regrade(StrEnum):
    """What is done where the criteria of an award are not met any more."""

    KEEP = "keep"
    FLAG = "flag"
    SUSPEND = "suspend"
    REVOKE = "revoke"


class Renewal(StrEnum):
    """How an award that lapses is earned anew: not at all, by the same rule with new work, or by a rule of its own."""

    NONE = "none"
    AGAIN = "again"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AwardTerms:
    """`grace_days`: how long a fallen grade may recover before anything is done. An award lasts until `expires_on`, or
    for `months` (0: neither, it lasts for ever). `remind_days`: how long before that its learner is reminded, and from
    when on it can be renewed. `renewal_rule` is the rule of Renewal.OTHER."""

    regrade: Regrade = Regrade.FLAG
    grace_days: int = 0
    expires_on: datetime | None = None
    months: int = 0
    renewal: Renewal = Renewal.NONE
    renewal_rule: Criteria | None = None
    remind_days: int = 30

    def __post_init__(self) -> None:
        if not 0 <= self.grace_days <= MOST_GRACE_DAYS:
            raise _invalid(f"A grace period has at most {MOST_GRACE_DAYS} days.")
        if not 0 <= self.months <= MOST_MONTHS:
            raise _invalid(f"A badge lasts for at most {MOST_MONTHS} months, or for ever.")
        if self.months and self.expires_on is not None:
            raise _invalid("A badge lasts until a day or for a time, not both.")
        if not 0 <= self.remind_days <= MOST_REMIND_DAYS:
            raise _invalid(f"A reminder comes at most {MOST_REMIND_DAYS} days before.")
        if self.renewal is not Renewal.NONE and not self.months:
            raise _invalid("Only a badge that lasts for a time can be renewed.")
        if (self.renewal is Renewal.OTHER) != (self.renewal_rule is not None):
            raise _invalid("Say by what the badge is renewed.")

    @property
    def grace(self) -> timedelta:
        return timedelta(days=self.grace_days)

    @property
    def reminder(self) -> timedelta:
        return timedelta(days=self.remind_days)

    def lasts_until(self, decided_at: datetime, before: datetime | None = None) -> datetime | None:
        """When an award of `decided_at` lapses; None: never. `before`: when the award that it renews lapses, so that
        whoever renews early loses no day."""
        if not self.months:
            return self.expires_on
        return _months_later(max(decided_at, before or decided_at), self.months)

    def to_json(self) -> dict[str, Any]:
        return {
            "regrade": self.regrade.value,
            "grace_days": self.grace_days,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "months": self.months,
            "renewal": self.renewal.value,
            "renewal_rule": rule.to_document(self.renewal_rule) if self.renewal_rule else None,
            "remind_days": self.remind_days,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> AwardTerms:
        """What `to_json` wrote; what it does not name is as ever."""
        if not value:
            return DEFAULT_TERMS
        read = replace(DEFAULT_TERMS, grace_days=value["grace_days"], remind_days=value["remind_days"])
        return replace(
            read,
            regrade=Regrade(value["regrade"]),
            expires_on=datetime.fromisoformat(value["expires_on"]) if value["expires_on"] else None,
            months=value["months"],
            renewal=Renewal(value["renewal"]),
            renewal_rule=rule.from_document(value["renewal_rule"]) if value["renewal_rule"] else None,
        )


DEFAULT_TERMS = AwardTerms()


def _months_later(at: datetime, months: int) -> datetime:
    """The same day of a later month, or its last one."""
    years, month = divmod(at.month - 1 + months, 12)
    year = at.year + years
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def _invalid(message: str) -> BadgeToolError:
    return BadgeToolError("achievement.terms_invalid", message, status=422)
