"""The learner's badges as the page shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from lti_tool.domain.award import AwardState
from lti_tool.domain.criteria import Requirement
from lti_tool.domain.evaluation import Outcome, Reason
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.roles import CourseRole
from lti_tool.usecases.learner_badges import EarnedBadge, MyBadges, OpenBadge, Told
from lti_tool.usecases.names import is_address
from lti_tool.web.present.evidence import EvidenceRow, evidence_row
from lti_tool.web.present.nominations import judged
from lti_tool.web.present.reasons import ReasonRow, open_leaves, progress, reason_row
from lti_tool.web.present.times import newest

# What a learner is told, by what happened (usecases.change_award).
NEWS = {
    "renewed": "{badge} is renewed.",
    "awarded_again": "You earned {badge} again.",
    "grace": "A grade changed, and the rule of {badge} is not met any more.",
    "suspended": "{badge} is suspended until the rule is met again.",
    "restored": "{badge} stands again.",
    "revoked": "{badge} was withdrawn.",
    "lifted": "You may earn {badge} again.",
    "reissued": "{badge} was issued anew.",
    "expiring": "{badge} lapses soon.",
    "expired": "{badge} has expired.",
}


@dataclass(frozen=True, slots=True)
class EarnedRow:
    """A badge that was earned. `state` is "issued", "awarded" (being signed), "suspended" or "revoked"."""

    award_id: str
    achievement_id: str
    name: str
    image_id: str
    state: AwardState
    earned_at: datetime
    revoked_at: datetime | None
    revocation_reason: str
    suspension_reason: str
    expires_at: datetime | None
    is_expired: bool


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A badge that can still be earned: `done` of `needed` parts, the `next` thing to do, and the whole tree. `renews`:
    she has it, for a time that is over or nearly so. `is_for_others`: nothing of it is for her groups."""

    achievement_id: str
    name: str
    image_id: str
    sentence: str
    done: int
    needed: int
    next: ReasonRow | None
    tree: ReasonRow
    is_open: bool = False
    evidence: tuple[EvidenceRow, ...] = ()
    renews: bool = False
    asks_elsewhere: bool = False
    is_for_others: bool = False


@dataclass(frozen=True, slots=True)
class NewsRow:
    """Something that happened to a badge of hers and that she has not seen: what, when, and why."""

    id: int
    award_id: str
    text: str
    detail: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BadgeList:
    """All of the page. `earned` are the badges that stand. `chosen`: one that the learner came to see, "" for none."""

    course_title: str
    earned: list[EarnedRow]
    withdrawn: list[EarnedRow]
    open: list[OpenRow]
    read_at: datetime | None
    cannot_earn: str
    chosen: str
    news: list[NewsRow]


def badge_list(mine: MyBadges, role: CourseRole, chosen: str = "") -> BadgeList:
    """The rows in the order to show them: nearest first, a chosen badge before all others and opened, those that are
    not for her last."""
    rows = [_open_row(badge, mine) for badge in mine.open]
    rows.sort(key=lambda row: (row.achievement_id != chosen, row.is_for_others))
    decided = [_earned_row(badge) for badge in mine.earned]
    return BadgeList(
        course_title=mine.course.title,
        earned=[row for row in decided if row.state is not AwardState.REVOKED],
        withdrawn=[row for row in decided if row.state is AwardState.REVOKED],
        open=[replace(row, is_open=row.achievement_id == chosen) for row in rows],
        read_at=newest(mine.reading.heard_at, mine.reading.grades_read_at, mine.reading.roster_read_at),
        cannot_earn="" if mine.eligible else why_not(role),
        chosen=chosen,
        news=[_news(told) for told in mine.notices],
    )


def _news(told: Told) -> NewsRow:
    notice = told.notice
    text = NEWS[notice.action].format(badge=f"“{told.badge}”")
    by = f"By {notice.by}. " if notice.by else ""
    return NewsRow(notice.id, notice.award_id, text, f"{by}{notice.reason}".strip(), notice.at)


def _earned_row(badge: EarnedBadge) -> EarnedRow:
    award = badge.award
    return EarnedRow(
        award_id=award.id,
        achievement_id=award.achievement_id,
        name=badge.achievement.name,
        image_id=badge.achievement.image_id,
        state=award.state,
        earned_at=award.decided_at,
        revoked_at=award.revoked_at,
        revocation_reason=award.revocation_reason,
        suspension_reason=award.suspension_reason,
        expires_at=award.expires_at,
        is_expired=badge.is_expired,
    )


def _open_row(badge: OpenBadge, mine: MyBadges) -> OpenRow:
    handed_in = [piece.nomination for piece in badge.pieces if piece.nomination]
    tree = reason_row(badge.reason, mine.names, mine.ages, judged(handed_in))
    done, needed = progress(badge.reason)
    return OpenRow(
        achievement_id=badge.achievement.id,
        name=badge.achievement.name,
        image_id=badge.achievement.image_id,
        sentence=badge.sentence,
        done=done,
        needed=needed,
        next=next(iter(open_leaves(tree)), None),
        tree=tree,
        evidence=tuple(map(evidence_row, badge.pieces)),
        asks_elsewhere=any(_asks_elsewhere(leaf) for leaf in badge.reason.leaves()),
        renews=badge.renews,
        is_for_others=badge.reason.is_for_others,
    )


def why_not(role: CourseRole) -> str:
    if role is CourseRole.TEST_STUDENT:
        return "You are a test student: you see what learners see, and no badge is awarded to you."
    if role in (CourseRole.INSTRUCTOR, CourseRole.ASSISTANT):
        return "You teach this course: you see what learners see, and no badge is awarded to you."
    return "You are not listed as a learner of this course, so no badge can be awarded to you yet."


def _asks_elsewhere(leaf: Reason) -> bool:
    """Whether it is a badge of another platform that is missing."""
    asked = leaf.criteria
    is_held = isinstance(asked, Requirement) and asked.kind is FactKind.BADGE_HELD and is_address(asked.target)
    return is_held and leaf.outcome is not Outcome.MET
