"""What came over from another course: what is matched, what is ambiguous, what is missing, and a choice for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.course_copy import How, Key, named_in
from lti_tool.domain.criteria import nodes
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Actor, Course
from lti_tool.usecases.copy_course import came_over, course_known, decide_by, matches_between, untouched
from lti_tool.usecases.ports import Clock, CopiedBadge, Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class Question:
    """Something that copied rules name: what stands for it here (None: open), and what could."""

    key: Key
    title: str
    badges: tuple[str, ...]
    how: How
    chosen: str | None
    proposed: tuple[str, ...]
    offered: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CopyReview:
    """What came over from one course. `edited`: names of badges that somebody has changed or published since; nothing
    is done to them any more. `dated`: those whose rule has days of the old course in it."""

    source: Course
    badges: tuple[Achievement, ...]
    questions: tuple[Question, ...]
    edited: tuple[str, ...]
    dated: tuple[str, ...]


class ReviewCopy:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def review(self, course_id: str) -> list[CopyReview]:
        """What came over and what is still open, a part for each course that it came from."""
        with self._transactions(write=False) as unit:
            return _reviews(unit, course_id)

    def decide(self, course_id: str, choices: dict[Key, str], actor: Actor) -> int:
        """Says what stands for names that rules brought along; gives how many badges that changed.

        Only drafts that nobody has changed since they came over. Raises `copy.choice_unknown`.
        """
        now = self._clock.now()
        with self._transactions() as unit:
            here = {(one.kind, one.id) for one in unit.courses.activities(course_id)}
            for (kind, _), target in choices.items():
                if target and (kind, target) not in here:
                    raise BadgeToolError("copy.choice_unknown", "This course has no such activity.", status=422)
            changed = 0
            for copied, draft in untouched(unit, course_id):
                asked = set(named_in(copied.criteria)) if copied.criteria else set()
                theirs = {key: here for key, here in choices.items() if key in asked}
                changed += decide_by(unit, now, copied, draft, theirs, actor)
            unit.commit()
        return changed


def _reviews(unit: UnitOfWork, course_id: str) -> list[CopyReview]:
    drafts = untouched(unit, course_id)
    by_source: dict[str, list[tuple[CopiedBadge, Achievement]]] = {}
    for copied, badge in came_over(unit, course_id):
        by_source.setdefault(copied.source_course_id, []).append((copied, badge))
    return [_review(unit, course_id, source_id, pairs, drafts) for source_id, pairs in by_source.items()]


_Pairs = Sequence[tuple[CopiedBadge, Achievement]]


def _review(unit: UnitOfWork, course_id: str, source_id: str, pairs: _Pairs, all_drafts: _Pairs) -> CopyReview:
    drafts = [pair for pair in all_drafts if pair[0].source_course_id == source_id]
    edited = tuple(badge.name for copied, badge in pairs if (copied, badge) not in drafts)
    dated = tuple(badge.name for _, badge in drafts if _has_dates(badge))
    badges = tuple(badge for _, badge in pairs)
    return CopyReview(
        course_known(unit, source_id), badges, _questions(unit, course_id, source_id, drafts), edited, dated
    )


def _questions(unit: UnitOfWork, course_id: str, source_id: str, drafts: _Pairs) -> tuple[Question, ...]:
    matches, here = matches_between(unit, course_id, source_id), unit.courses.activities(course_id)
    titles = {(one.kind, one.id): one.title for one in unit.courses.activities(source_id)}
    askers: dict[Key, list[str]] = {}
    chosen: dict[Key, str] = {}
    for copied, badge in drafts:
        for key in dict.fromkeys(named_in(copied.criteria) if copied.criteria else ()):
            if key[0] != "badge":
                askers.setdefault(key, []).append(badge.name)
                chosen |= {key: copied.choices[key]} if key in copied.choices else {}
    found = []
    for key, names in askers.items():
        match = matches.get(key)
        proposed = (match.target,) if match and match.target else match.candidates if match else ()
        found.append(
            Question(
                key=key,
                title=titles.get(key) or "something that the old course does not have any more",
                badges=tuple(names),
                how=match.how if match else How.MISSING,
                chosen=chosen.get(key),
                proposed=tuple(one.id for one in proposed),
                offered=tuple((one.id, one.title) for one in here if one.kind == key[0]),
            )
        )
    return tuple(found)


def _has_dates(badge: Achievement) -> bool:
    windows = (part.window for _, part in nodes(badge.criteria)) if badge.criteria else ()
    return any(window is not None and (window.start or window.end) for window in windows)
