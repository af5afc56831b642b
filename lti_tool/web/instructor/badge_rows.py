"""One badge with its learners: where each stands, and what the instructor can decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_tool.domain.achievement import AchievementState, AwardFrom
from lti_tool.domain.award import Award, AwardState, Flag
from lti_tool.domain.award_terms import Regrade
from lti_tool.domain.criteria import Requirement
from lti_tool.domain.evaluation import Outcome, Reason, steps
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.nomination import pieces
from lti_tool.usecases.course_badges import BadgePage, LearnerRow
from lti_tool.usecases.ports import Delivery, HistoryEntry
from lti_tool.web.instructor.award_times import Times, award_times
from lti_tool.web.instructor.course_rows import STATES
from lti_tool.web.instructor.terms_words import terms_sentence
from lti_tool.web.present.nominations import judged
from lti_tool.web.present.reasons import ReasonRow, reason_row
from lti_tool.web.present.times import newest

PER_PAGE = 25
FILTERS = {
    "all": "All",
    "earned": "Earned",
    "near": "One step away",
    "open": "Not earned",
    "look": "To look at",
    "suspended": "Suspended",
    "expired": "Expired",
}

_HAPPENED = {
    "awarded": "Earned",
    "awarded_by_hand": "Awarded by hand",
    "issued": "Signed and issued",
    "revoked": "Withdrawn",
    "linked": "Moved to the account that the learning platform uses now",
    "awarded_again": "Earned again",
    "renewed": "Renewed",
    "grace": "A grade changed: the rule is not met any more",
    "suspended": "Suspended",
    "restored": "Stands again",
    "lifted": "It may be earned again",
    "reissued": "Issued anew",
    "named": "The learner put her name into it",
    "unnamed": "The learner took her name out of it",
    "expiring": "The learner was reminded that it lapses soon",
    "expired": "Its time is over",
    "flagged": "A grade changed: the rule is not met any more",
    "unflagged": "The rule is met again",
    "kept": "Kept: the badge stands",
}
# What comes when the grace of a fallen grade is over.
THEN = {
    Regrade.KEEP: "it stands all the same",
    Regrade.FLAG: "you are asked to look at it",
    Regrade.SUSPEND: "it is suspended",
    Regrade.REVOKE: "it is withdrawn",
}
_GRADEBOOK = {
    "delivered": ("In the gradebook", "done"),
    "waiting": ("On its way to the gradebook", "waiting"),
    "failed": ("Not in the gradebook", "failed"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    text: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class LearnerLine:
    """A learner under this badge. `approved` None: the rule asks for no approval."""

    person_id: str
    subject: str
    name: str
    group: str
    word: str
    tone: str
    is_flagged: bool
    is_suspended: bool
    is_barred: bool
    act_at: datetime | None
    then: str
    expires_at: datetime | None
    steps: int | None
    award_id: str
    earned_at: datetime | None
    revoked_at: datetime | None
    revocation_reason: str
    gradebook: tuple[str, str, str] | None
    approved: bool | None
    tree: ReasonRow | None
    history: list[Happening]
    times: Times
    asks_review: bool = False

    @property
    def can_be_awarded(self) -> bool:
        return not self.award_id

    @property
    def can_be_nominated(self) -> bool:
        return not self.award_id and self.asks_review

    @property
    def can_be_withdrawn(self) -> bool:
        return bool(self.award_id) and self.revoked_at is None


@dataclass(frozen=True, slots=True)
class Filter:
    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class BadgeView:
    """All of the page. `lines` are those of one page of the chosen filter."""

    id: str
    name: str
    description: str
    image_id: str
    course_title: str
    word: str
    tone: str
    is_draft: bool
    is_paused: bool
    only_new_work: bool
    counts_from: datetime | None
    terms: str
    published_at: datetime | None
    version: int
    sentence: str
    read_at: datetime | None
    filters: list[Filter]
    chosen: str
    lines: list[LearnerLine]
    page: int
    pages: int


def badge_view(found: BadgePage, chosen: str = "all", page: int = 1, person_id: str = "") -> BadgeView:
    """`person_id`: a learner whose line must be among those shown; it outweighs filter and page."""
    badge, reading = found.achievement, found.reading
    every = learner_lines(found)
    chosen = chosen if chosen in FILTERS else "all"
    place = next((index for index, line in enumerate(every) if line.person_id == person_id), None)
    if place is not None:
        chosen, page = "all", place // PER_PAGE + 1
    lines = [line for line in every if _is_in(line, chosen)]
    pages = max(1, -(-len(lines) // PER_PAGE))
    page = min(max(page, 1), pages)
    word, tone = STATES[badge.state]
    return BadgeView(
        id=badge.id,
        name=badge.name,
        description=badge.description,
        image_id=badge.image_id,
        course_title=found.course.title,
        word=word,
        tone=tone,
        is_draft=badge.state is AchievementState.DRAFT,
        is_paused=badge.state is AchievementState.PAUSED,
        only_new_work=badge.award_from is AwardFrom.NEW_WORK,
        counts_from=badge.counts_from,
        terms=terms_sentence(badge.terms),
        published_at=badge.published_at,
        version=badge.version,
        sentence=found.sentence,
        read_at=newest(reading.heard_at, reading.grades_read_at, reading.roster_read_at),
        filters=_filters(every, chosen),
        chosen=chosen,
        lines=lines[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        pages=pages,
    )


def learner_lines(found: BadgePage) -> list[LearnerLine]:
    """Everybody: first who has to be looked at, then by name."""
    lines = [_line(row, found) for row in found.rows]
    return sorted(
        lines, key=lambda line: (not (line.is_flagged or line.is_suspended), line.name.casefold(), line.person_id)
    )


def _line(row: LearnerRow, found: BadgePage) -> LearnerLine:
    award = row.award
    group, word, tone = _standing(row.reason, award, row.is_expired)
    return LearnerLine(
        person_id=row.person.id,
        subject=row.person.subject,
        name=row.person.name or "Unnamed learner",
        group=group,
        word=word,
        tone=tone,
        is_flagged=award is not None and award.flag is Flag.REGRADED,
        is_suspended=award is not None and award.state is AwardState.SUSPENDED,
        is_barred=award is not None and award.state is AwardState.REVOKED and not award.may_be_earned_again,
        act_at=award.act_at if award else None,
        then=THEN[found.achievement.terms.regrade],
        expires_at=award.expires_at if award else None,
        steps=steps(row.reason) if row.reason and award is None else None,
        award_id=award.id if award else "",
        earned_at=award.decided_at if award else None,
        revoked_at=award.revoked_at if award else None,
        revocation_reason=award.revocation_reason if award else "",
        gradebook=_gradebook(row.deliveries, award),
        approved=_approved(row.reason),
        tree=reason_row(row.reason, found.names, found.ages, judged(row.handed_in)) if row.reason else None,
        history=[_happening(entry) for entry in row.history],
        times=award_times(award, row.deliveries),
        asks_review=bool(row.reason and pieces(row.reason.criteria)),
    )


def _standing(reason: Reason | None, award: Award | None, is_expired: bool) -> tuple[str, str, str]:
    """(filter group, word, tone)."""
    return _of_award(award, is_expired) if award is not None else _of_open(reason)


def _of_award(award: Award, is_expired: bool) -> tuple[str, str, str]:
    if award.state is AwardState.REVOKED:
        return "withdrawn", "Withdrawn", "withdrawn"
    if award.state is AwardState.SUSPENDED:
        return "suspended", "Suspended", "waiting"
    if is_expired:
        return "expired", "Expired", "expired"
    if award.flag is Flag.REGRADED:
        return "earned", "Earned, look again", "waiting"
    return ("earned", "Earned", "done") if award.state is AwardState.ISSUED else ("earned", "Being signed", "waiting")


def _of_open(reason: Reason | None) -> tuple[str, str, str]:
    if reason is None:
        return "open", "No rule yet", "unknown"
    if reason.outcome is Outcome.MET:
        return "open", "Meets the rule", "shared"
    if steps(reason) == 1:
        return "near", "One step away", "waiting"
    leaves = list(reason.leaves())
    if all(leaf.outcome is Outcome.UNKNOWN for leaf in leaves):
        return "open", "Not known yet", "unknown"
    return ("open", "Started" if any(leaf.outcome is Outcome.MET for leaf in leaves) else "Not yet", "not-yet")


def _is_in(line: LearnerLine, chosen: str) -> bool:
    if chosen == "look":
        return line.is_flagged or line.is_suspended
    if chosen == "open":
        return line.group in ("open", "near")
    return chosen in ("all", line.group)


def _filters(every: Sequence[LearnerLine], chosen: str) -> list[Filter]:
    counted = [Filter(key, words, sum(_is_in(line, key) for line in every)) for key, words in FILTERS.items()]
    return [one for one in counted if one.count or one.key in ("all", chosen)]


def _gradebook(deliveries: Sequence[Delivery], award: Award | None) -> tuple[str, str, str] | None:
    """(word, tone, detail) of the delivery to the course's gradebook."""
    delivery = next((one for one in deliveries if one.destination == "gradebook"), None)
    if delivery is None or award is None:
        return None
    gone_at = award.revoked_at or award.suspended_at
    if delivery.state == "delivered" and gone_at is not None:
        # What was delivered before the withdrawal says nothing of it.
        cleared = delivery.at >= gone_at
        return ("Gradebook cleared", "not-yet", "") if cleared else (*_GRADEBOOK["waiting"], "")
    word, tone = _GRADEBOOK.get(delivery.state, (delivery.state.capitalize(), "unknown"))
    return word, tone, delivery.detail if delivery.state != "delivered" else ""


def _approved(reason: Reason | None) -> bool | None:
    for leaf in reason.leaves() if reason else ():
        if isinstance(leaf.criteria, Requirement) and leaf.criteria.kind is FactKind.MANUAL_APPROVAL:
            return leaf.outcome is Outcome.MET
    return None


def _happening(entry: HistoryEntry) -> Happening:
    by = entry.actor.name if entry.actor.kind == "person" else ""
    return Happening(entry.at, _HAPPENED.get(entry.action, entry.action.capitalize()), by, entry.reason)
