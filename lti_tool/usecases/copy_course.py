"""copy_course: the badges of a course come over to the course that was made of it, as drafts, each once.

A platform says what was copied from what by a notice or in a launch, and a teacher says it by hand. What a platform's
launch says can have been typed by a teacher (custom parameters of a link), so only badges that are public anyway come
over by it: published ones, and their drafts stay with those who teach there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from lti_tool.domain.achievement import Achievement, AchievementState, AwardFrom
from lti_tool.domain.course_copy import Key, Match, match_activities, named_in, open_targets, retargeted
from lti_tool.domain.criteria import Criteria
from lti_tool.domain.errors import Forbidden, NotFound
from lti_tool.domain.identity import SYSTEM, Actor, Course, derived_id
from lti_tool.domain.roles import CourseRole, course_role
from lti_tool.usecases.ports import Clock, CopiedBadge, Transactions, UnitOfWork


def copied_id(course_id: str, source_id: str) -> str:
    """The id of the badge that a badge becomes in another course."""
    return derived_id("copied badge", course_id, source_id)


def come_over(unit: UnitOfWork, now: datetime, course: Course, origins: Sequence[str]) -> int:
    """Brings the badges of the nearest origin that has any; gives how many are new here. Repeatable.

    `origins`: contexts of the same deployment, the nearest first.
    """
    settle(unit, now, course.id)
    for origin in origins:
        if origin == course.context_id:
            continue
        for source in unit.courses.find(course.registration_id, origin, course.deployment_id):
            badges = [one for one in unit.achievements.of_course(source.id) if one.state is not AchievementState.DRAFT]
            if badges:
                return bring(unit, now, course, source, badges, SYSTEM)
    return 0


def bring(
    unit: UnitOfWork, now: datetime, course: Course, source: Course, badges: Sequence[Achievement], actor: Actor
) -> int:
    """Drafts of these badges of another course; gives how many are new here."""
    matches = matches_between(unit, course.id, source.id)
    held = {one.source_id for one in unit.copies.of_course(course.id)}
    fresh = [badge for badge in badges if badge.id not in held]
    known = held | {badge.id for badge in fresh}
    added = 0
    for badge in fresh:
        choices = _choices(badge, matches, course.id, known)
        copied = CopiedBadge(
            course.id, badge.id, copied_id(course.id, badge.id), source.id, badge.criteria, choices, now
        )
        draft = replace(
            badge,
            id=copied.achievement_id,
            course_id=course.id,
            state=AchievementState.DRAFT,
            version=1,
            published_at=None,
            award_from=AwardFrom.NOW,
            award_since=None,
            judges_by=0,
            criteria=rule_here(copied),
        )
        if unit.copies.add(copied):
            unit.achievements.save(draft)
            unit.achievements.note(draft, now, actor, "copied", f"From {source.title or source.context_id}.")
            added += 1
    return added


def _choices(badge: Achievement, matches: dict[Key, Match], course_id: str, known: set[str]) -> dict[Key, str]:
    choices: dict[Key, str] = {}
    for key in named_in(badge.criteria) if badge.criteria else ():
        match = matches.get(key)
        if key[0] == "badge":
            # One that comes over too, or that is of a third course and is meant as it is.
            choices[key] = copied_id(course_id, key[1]) if key[1] in known else key[1]
        elif match is not None and match.target is not None:
            choices[key] = match.target.id
    return choices


def settle(unit: UnitOfWork, now: datetime, course_id: str) -> None:
    """Decides what was open because the new course had not been read yet, where there is no doubt."""
    for copied, draft in untouched(unit, course_id):
        if not open_targets(draft.criteria):
            continue
        matches = matches_between(unit, course_id, copied.source_course_id)
        found = {key: match.target.id for key, match in matches.items() if match.target and key not in copied.choices}
        asked = set(named_in(copied.criteria)) if copied.criteria else set()
        decide_by(unit, now, copied, draft, {key: here for key, here in found.items() if key in asked}, SYSTEM)


def untouched(unit: UnitOfWork, course_id: str) -> list[tuple[CopiedBadge, Achievement]]:
    """Drafts that are as they came over."""
    return [
        (copied, badge)
        for copied, badge in came_over(unit, course_id)
        if badge.state is AchievementState.DRAFT and badge.criteria == rule_here(copied)
    ]


def came_over(unit: UnitOfWork, course_id: str) -> list[tuple[CopiedBadge, Achievement]]:
    copies = unit.copies.of_course(course_id)
    badges = {badge.id: badge for badge in unit.achievements.of_course(course_id)} if copies else {}
    return [(one, badges[one.achievement_id]) for one in copies if one.achievement_id in badges]


def decide_by(
    unit: UnitOfWork, now: datetime, copied: CopiedBadge, draft: Achievement, choices: dict[Key, str], actor: Actor
) -> bool:
    """Writes what stands for names of the rule into the draft; False where that is no news."""
    decided = replace(copied, choices=copied.choices | choices)
    if decided.choices == copied.choices:
        return False
    unit.copies.save_choices(decided)
    there = replace(draft, criteria=rule_here(decided))
    unit.achievements.save(there)
    unit.achievements.note(there, now, actor, "copy_decided")
    return True


def rule_here(copied: CopiedBadge) -> Criteria | None:
    """The rule with what is decided so far."""
    return None if copied.criteria is None else retargeted(copied.criteria, copied.choices.get)


def matches_between(unit: UnitOfWork, course_id: str, source_course_id: str) -> dict[Key, Match]:
    here, there = unit.courses.activities(course_id), unit.courses.activities(source_course_id)
    return match_activities(there, here, unit.courses.history(course_id))


class CopyCourse:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def sources(self, course_id: str, person_id: str) -> list[tuple[Course, int]]:
        """Other courses that she teaches on the same platform and that have badges, with how many."""
        with self._transactions(write=False) as unit:
            course = course_known(unit, course_id)
            found = [
                (one, len(unit.achievements.of_course(one.id)))
                for one in unit.courses.of_person(person_id)
                if one.id != course_id and teaches(unit, one.id, person_id) and is_beside(one, course)
            ]
        return [(one, count) for one, count in found if count]

    def by_hand(self, course_id: str, source_course_id: str, actor: Actor) -> int:
        """All badges of a course that the actor teaches come over, drafts too. Raises `course.unknown`,
        `copy.not_yours`."""
        with self._transactions() as unit:
            course, source = course_known(unit, course_id), course_known(unit, source_course_id)
            if not teaches(unit, source.id, actor.id) or not is_beside(source, course) or source.id == course.id:
                raise Forbidden("copy.not_yours", "Badges come over only from another course that you teach.")
            added = bring(unit, self._clock.now(), course, source, unit.achievements.of_course(source.id), actor)
            unit.commit()
        return added


def course_known(unit: UnitOfWork, course_id: str) -> Course:
    course = unit.courses.get(course_id)
    if course is None:
        raise NotFound("course.unknown", "There is no such course.")
    return course


def is_beside(one: Course, other: Course) -> bool:
    """Whether both are of one deployment: the same people there are the same persons here."""
    return (one.registration_id, one.deployment_id) == (other.registration_id, other.deployment_id)


def teaches(unit: UnitOfWork, course_id: str, person_id: str) -> bool:
    """Whether she came to the course as its instructor."""
    held = unit.people.enrolment(course_id, person_id)
    return held is not None and held.active and course_role(held.launch_roles or ()) is CourseRole.INSTRUCTOR
