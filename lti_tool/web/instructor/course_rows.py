"""The course's badges as the instructor's first page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.capability import can_see_grades
from lti_tool.domain.course_copy import open_targets
from lti_tool.domain.criteria import Requirement, requirements, type_of
from lti_tool.domain.drift import Change
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.platform import PRODUCTION, Registration
from lti_tool.usecases.course_badges import BadgeCard, CoursePage
from lti_tool.usecases.ports import Repaired
from lti_tool.web.instructor.choices import KINDS, Choices
from lti_tool.web.instructor.drift_rows import drift_rows
from lti_tool.web.instructor.rule_check import problems
from lti_tool.web.instructor.rule_form import from_criteria
from lti_tool.web.present.freshness import repaired_sentence
from lti_tool.web.present.times import day_and_time, newest

_RECENT = timedelta(days=1)

# State -> (word, tone).
STATES = {
    AchievementState.DRAFT: ("Draft", "not-yet"),
    AchievementState.PUBLISHED: ("Live", "done"),
    AchievementState.PAUSED: ("Paused", "waiting"),
}


@dataclass(frozen=True, slots=True)
class CardRow:
    """A badge. Counts are of people."""

    id: str
    name: str
    image_id: str
    word: str
    tone: str
    is_draft: bool
    sentence: str
    earned: int
    one_step: int
    started: int


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something that waits for the instructor. `person_id` "" where it is about the badge itself. `drift_key`: what of
    the rule changed, which `accept` takes as it is. `waits`: a mass award that waits for her yes."""

    text: str
    badge_id: str
    person_id: str = ""
    drift_key: str = ""
    accept: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True)
class ReadingFailure:
    """Why the last reading failed, with the code that an administrator can look up."""

    message: str
    code: str


@dataclass(frozen=True, slots=True)
class CourseView:
    """All of the page. `is_blind`: nothing tells this tool of grades, whatever a rule may say.
    `read_at` is when the platform was last asked, `next_at` when it will be, `heard_at` when an event last came by
    itself; `waiting` events are not used yet. `to_settle` badges came over from another
    course and name what this one does not have yet. `awards_nothing`: why nobody is awarded here, in a sentence; ""
    where awards are made.
    """

    title: str
    platform: str
    read_at: datetime | None
    next_at: datetime | None
    heard_at: datetime | None
    repaired: str
    waiting: int
    waits_since: datetime | None
    silent_since: datetime | None
    failures: list[ReadingFailure]
    is_blind: bool
    awards_nothing: str
    to_do: list[ToDo]
    to_review: int
    to_settle: int
    cards: list[CardRow]
    learner_count: int
    item_count: int
    module_count: int


def course_view(page: CoursePage, now: datetime) -> CourseView:
    """Live badges first, then by name."""
    reading = page.reading
    order = sorted(
        page.cards, key=lambda card: (card.achievement.state is AchievementState.DRAFT, card.achievement.name)
    )
    return CourseView(
        title=page.course.title or "this course",
        platform=page.registration.name,
        read_at=newest(reading.grades_read_at, reading.roster_read_at),
        next_at=reading.next_at,
        heard_at=page.freshness.heard_at,
        repaired=_repaired(page.freshness.repaired, now),
        waiting=page.freshness.backlog.count,
        waits_since=page.freshness.backlog.oldest,
        silent_since=min(page.freshness.silent.values(), default=None),
        failures=_failures(reading.read_error),
        is_blind=not can_see_grades(page.registration) and reading.heard_at is None and reading.grades_read_at is None,
        awards_nothing=_awards_nothing(page.registration),
        to_do=[*_waiting(page), *_flags(page), *_drifts(page), *_broken(page), *_untold(page)],
        to_review=page.to_review,
        to_settle=sum(bool(open_targets(card.achievement.criteria)) for card in page.cards),
        cards=[_card(card) for card in order],
        learner_count=page.learner_count,
        item_count=sum(activity.kind == "item" for activity in page.activities),
        module_count=sum(activity.kind == "module" for activity in page.activities),
    )


def _repaired(repaired: Repaired | None, now: datetime) -> str:
    """What was repaired in the last day."""
    if repaired is None or now - repaired.at > _RECENT:
        return ""
    return f"Read on {day_and_time(repaired.at)}: {repaired_sentence(repaired)}."


def _awards_nothing(registration: Registration) -> str:
    """Why nobody is awarded on this platform, in a sentence; "" where awards are made."""
    if registration.issuing:
        return ""
    if registration.environment == PRODUCTION:
        return "Your administrator has switched awarding off for this platform."
    return (
        f"This is the {registration.environment} copy of {registration.name}: badges are tried out here, not awarded."
    )


def _card(card: BadgeCard) -> CardRow:
    badge = card.achievement
    word, tone = STATES[badge.state]
    return CardRow(
        id=badge.id,
        name=badge.name,
        image_id=badge.image_id,
        word=word,
        tone=tone,
        is_draft=badge.state is AchievementState.DRAFT,
        sentence=card.sentence,
        earned=card.earned,
        one_step=card.one_step,
        started=card.started,
    )


def _waiting(page: CoursePage) -> list[ToDo]:
    return [
        ToDo(f"{count} learners would get “{badge.name}” at once, and wait for your yes", badge.id, waits=True)
        for badge, count in page.waiting
    ]


def _flags(page: CoursePage) -> list[ToDo]:
    return [
        ToDo(f"{person.name or 'A learner'} no longer meets the rule of “{badge.name}”", badge.id, person.id)
        for badge, person, _ in page.flagged
    ]


def _drifts(page: CoursePage) -> list[ToDo]:
    """What rules name, and changed since."""
    names = {card.achievement.id: card.achievement.name for card in page.cards}
    return [
        ToDo(f"{names[badge_id]}: {row.text}", badge_id, drift_key=row.key, accept=row.accept)
        for badge_id, found in page.drifts.items()
        for row in drift_rows(found)
    ]


def _broken(page: CoursePage) -> list[ToDo]:
    """Published badges whose rule names what the course lost: nobody can earn them any more."""
    badges = [card.achievement for card in page.cards]
    return [
        ToDo(f"The rule of “{badge.name}” names something that the course does not have any more", badge.id)
        for badge in badges
        if badge.state is AchievementState.PUBLISHED
        and not any(one.change is Change.DELETED for one in page.drifts.get(badge.id, ()))
        and _is_broken(badge, page, badges)
    ]


def _is_broken(badge: Achievement, page: CoursePage, badges: list[Achievement]) -> bool:
    choices = Choices.of(page.activities, badges, badge.id)
    return any(problem.field.endswith(".target") for problem in problems(from_criteria(badge.criteria), choices))


def _untold(page: CoursePage) -> list[ToDo]:
    """Published badges whose rule asks for what no source tells: nobody will ever be seen to meet it."""
    found = []
    for badge in (card.achievement for card in page.cards):
        leaves = requirements(badge.criteria) if badge.criteria and badge.state is AchievementState.PUBLISHED else ()
        missing = {KINDS[type_of(leaf).name] for leaf in leaves if not _told_kinds(leaf) <= page.told}
        if missing:
            what = ", ".join(sorted(missing))
            found.append(ToDo(f"Nothing tells LTI Badges what the rule of “{badge.name}” asks for: {what}", badge.id))
    return found


def _told_kinds(leaf: Requirement) -> set[FactKind]:
    return {FactKind.ITEM_COMPLETION if leaf.items else leaf.kind}


def _failures(read_error: str) -> list[ReadingFailure]:
    """The reading keeps its errors as "code: message", joined by semicolons."""
    found = []
    for text in filter(None, read_error.split("; ")):
        code, colon, message = text.partition(": ")
        found.append(ReadingFailure(message, code) if colon else ReadingFailure(text, ""))
    return found
