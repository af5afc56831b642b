"""hold_badges: that somebody holds a badge is a fact wherever a rule builds on it.

That is in the badge's own course, and in the other courses of the same platform that she is in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.criteria import Criteria, requirements
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, UnitOfWork

SOURCE = "lti-badges"


def hold_badge(unit: UnitOfWork, award: Award, clock: Clock, *, held: bool) -> None:
    """States that this badge is held, or no longer, for badges that build on it."""
    now = clock.now()
    building_on = unit.achievements.courses_building_on(award.achievement_id)
    if award.course_id not in building_on:
        # For a rule that somebody makes of it one day.
        unit.records.state(award.course_id, award.person_id, _fact(award.course_id, award, now, now, held=held))
    for course_id in sorted(building_on):
        if course_id == award.course_id or unit.people.enrolment(course_id, award.person_id) is not None:
            _state(unit, course_id, award, now, now, held=held)


def bring_badges(unit: UnitOfWork, course_id: str, now: datetime, people: Collection[str] | None = None) -> None:
    """States in a course what its people (all, or some who are new) hold of the badges of other courses on which its
    rules build. A person is one of one deployment of one platform: nobody brings the badges of a namesake."""
    asked = unit.achievements.built_on_elsewhere(course_id)
    if not asked or people == ():
        return
    here = {person.id for person, _ in unit.people.enrolled(course_id)}
    chosen = here if people is None else here & set(people)
    for achievement_id in asked:
        for award in unit.awards.of_achievement(achievement_id):
            if award.person_id in chosen and award.state is AwardState.ISSUED:
                _state(unit, course_id, award, award.issued_at or award.decided_at, now, held=True)


def badges_asked(tree: Criteria) -> set[str]:
    """The badges that a rule builds on, by their ids or addresses."""
    return {leaf.target for leaf in requirements(tree) if leaf.kind is FactKind.BADGE_HELD}


def keep_built_on(unit: UnitOfWork, achievement: Achievement, now: datetime) -> None:
    """Of a badge that is stored: which badges its rule, and that of its renewal, build on, and who of the course holds
    them already."""
    trees = (achievement.criteria, achievement.terms.renewal_rule)
    asked = set().union(*(badges_asked(tree) for tree in trees if tree is not None))
    unit.achievements.save_built_on(achievement.id, _ours(unit, asked))
    bring_badges(unit, achievement.course_id, now)


def _ours(unit: UnitOfWork, targets: Iterable[str]) -> set[str]:
    return {target for target in targets if unit.achievements.latest(target) is not None}


def _state(unit: UnitOfWork, course_id: str, award: Award, at: datetime, now: datetime, *, held: bool) -> None:
    if unit.records.merge(course_id, award.person_id, [_fact(course_id, award, at, now, held=held)]):
        work.evaluate_learner(unit, course_id, award.person_id)


def _fact(course_id: str, award: Award, at: datetime, now: datetime, *, held: bool) -> Fact:
    event = LearningEvent(
        event_id=f"{award.id}:{held}",
        source=SOURCE,
        context_id=course_id,
        subject=award.person_id,
        kind=FactKind.BADGE_HELD,
        target=award.achievement_id,
        occurred_at=at,
        completed=held,
    )
    return Fact.of(event, now)
