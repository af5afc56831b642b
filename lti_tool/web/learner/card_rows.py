"""The card of one badge, and the card of a course's progress, as their pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.award import AwardState
from lti_tool.domain.nomination import pieces
from lti_tool.domain.roles import CourseRole
from lti_tool.usecases.learner_badges import MyBadges
from lti_tool.usecases.learner_card import LearnerCard
from lti_tool.web.learner.rows import BadgeList, badge_list, why_not
from lti_tool.web.present.nominations import judged
from lti_tool.web.present.reasons import ReasonRow, open_leaves, progress, reason_row
from lti_tool.web.present.times import newest


@dataclass(frozen=True, slots=True)
class CardView:
    """One badge. `state` "" while it is not earned; `award_id` "" then. `next`: what to do first, None if nothing.
    `asks_review`: something of it is handed in, and approved by a reviewer. `is_for_others`: nothing of it is for her
    groups."""

    achievement_id: str
    name: str
    description: str
    image_id: str
    course_title: str
    sentence: str
    award_id: str
    state: str
    earned_at: datetime | None
    revoked_at: datetime | None
    revocation_reason: str
    suspension_reason: str
    expires_at: datetime | None
    is_expired: bool
    is_paused: bool
    done: int
    needed: int
    next: ReasonRow | None
    tree: ReasonRow
    cannot_earn: str
    read_at: datetime | None
    asks_review: bool
    is_for_others: bool


@dataclass(frozen=True, slots=True)
class ProgressView:
    """All badges of the course. `held` of `total` count those that stand; withdrawn ones are not held, and those for
    other groups are none of hers."""

    page: BadgeList
    held: int
    total: int


def card_view(card: LearnerCard, role: CourseRole) -> CardView:
    badge, award, reading = card.achievement, card.award, card.reading
    tree = reason_row(card.reason, card.names, card.ages, judged(card.handed_in))
    done, needed = progress(card.reason)
    return CardView(
        achievement_id=badge.id,
        name=badge.name,
        description=badge.description,
        image_id=badge.image_id,
        course_title=card.course.title,
        sentence=card.sentence,
        award_id=award.id if award else "",
        state=award.state.value if award else "",
        earned_at=award.decided_at if award else None,
        revoked_at=award.revoked_at if award else None,
        revocation_reason=award.revocation_reason if award else "",
        suspension_reason=award.suspension_reason if award else "",
        expires_at=award.expires_at if award else None,
        is_expired=card.is_expired,
        is_paused=award is None and badge.state is AchievementState.PAUSED,
        done=done,
        needed=needed,
        next=next(iter(open_leaves(tree)), None),
        tree=tree,
        cannot_earn="" if card.eligible or award else why_not(role),
        read_at=newest(reading.heard_at, reading.grades_read_at, reading.roster_read_at),
        asks_review=award is None and card.eligible and bool(pieces(card.achievement.criteria)),
        is_for_others=card.reason.is_for_others,
    )


def progress_view(mine: MyBadges, role: CourseRole) -> ProgressView:
    page = badge_list(mine, role)
    held = sum(row.state in (AwardState.ISSUED, AwardState.AWARDED) and not row.is_expired for row in page.earned)
    badges = {row.achievement_id for row in (*page.earned, *page.withdrawn)}
    badges |= {row.achievement_id for row in page.open if not row.is_for_others}
    return ProgressView(page, held, len(badges))
