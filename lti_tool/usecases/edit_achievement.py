"""edit_achievement: an instructor makes, changes, publishes and pauses a badge of her course."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from lti_tool.domain import criteria as rule
from lti_tool.domain.achievement import Achievement, AchievementState, AwardFrom, CountsFor
from lti_tool.domain.award_batch import AwardBatch, BatchState
from lti_tool.domain.award_terms import AwardTerms
from lti_tool.domain.drift import snapshot
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.identity import SYSTEM, Actor
from lti_tool.usecases import work
from lti_tool.usecases.check_criteria import check_criteria
from lti_tool.usecases.hold_badges import keep_built_on
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork


@dataclass(frozen=True, slots=True)
class AchievementForm:
    """What the editor sends. `image_png` None keeps the image; `criteria` None leaves the rule open (a draft),
    `terms` and `image_alt` None keep them.

    `design` is the drawn image's description ("" for an uploaded one), kept so that the editor can show it again.
    """

    name: str
    description: str
    criteria: Any = None
    image_png: bytes | None = None
    design: str = ""
    terms: AwardTerms | None = None
    image_alt: str | None = None


_FOR_WHOM = {
    CountsFor.NEW_WORK: "Counts for work that is done from then on.",
    CountsFor.OPEN: "Counts for everybody who had not got the badge.",
    CountsFor.EVERYBODY: "Counts for everybody, and those who had the badge are judged by it.",
}


def achievement_of_course(unit: UnitOfWork, course_id: str, achievement_id: str) -> Achievement:
    """The badge, if it belongs to the course; otherwise it does not exist for the caller."""
    achievement = unit.achievements.get(course_id, achievement_id)
    if achievement is None:
        raise NotFound("achievement.unknown", "There is no such badge in this course.")
    return achievement


class EditAchievement:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def create(self, course_id: str, form: AchievementForm) -> Achievement:
        """A new draft. Raises `achievement.*`, `criteria.*`."""
        blank = Achievement(str(uuid4()), course_id, form.name.strip() or form.name, "", "", None)
        return self._save(blank, form)

    def change(
        self,
        course_id: str,
        achievement_id: str,
        form: AchievementForm,
        actor: Actor = SYSTEM,
        counts_for: CountsFor | None = None,
    ) -> Achievement:
        """A changed badge; a new version once somebody has earned it. Nobody loses an award by it, unless `counts_for`
        says that those who have it are judged anew: then the badge's terms say what follows."""
        with self._transactions(write=False) as unit:
            held = achievement_of_course(unit, course_id, achievement_id)
        return self._save(held, form, actor, counts_for)

    def _save(
        self,
        held: Achievement,
        form: AchievementForm,
        actor: Actor = SYSTEM,
        counts_for: CountsFor | None = None,
    ) -> Achievement:
        parsed = None if form.criteria is None else rule.parse(form.criteria)
        with self._transactions() as unit:
            if parsed is not None:
                check_criteria(unit, held.course_id, held.id, parsed)
            renewing = form.terms.renewal_rule if form.terms else held.terms.renewal_rule
            if renewing is not None:
                check_criteria(unit, held.course_id, held.id, renewing)
            image_id = held.image_id if form.image_png is None else unit.images.add(form.image_png)
            changed = held.edited(
                awarded=bool(unit.awards.of_achievement(held.id)),
                name=form.name.strip(),
                description=form.description.strip(),
                criteria=parsed,
                image_id=image_id,
                design=form.design if form.image_png is not None else held.design,
                terms=form.terms or held.terms,
                image_alt=held.image_alt if form.image_alt is None else form.image_alt.strip(),
            )
            if changed.state is AchievementState.PUBLISHED:
                changed = changed.publish(changed.award_from, self._clock.now(), changed.award_since)
                work.evaluate_course(unit, changed.course_id)
            is_new = changed.version != held.version
            if is_new and counts_for is not None:
                changed = changed.counting_for(counts_for, self._clock.now())
            unit.achievements.save(changed)
            if parsed is not None:
                activities = {(one.kind, one.id): one for one in unit.courses.activities(held.course_id)}
                unit.achievements.save_seen_targets(changed.id, snapshot(parsed, activities))
                keep_built_on(unit, changed, self._clock.now())
            if changed.state is not AchievementState.DRAFT:
                reason = _FOR_WHOM[counts_for] if is_new and counts_for is not None else ""
                action = "new_version" if is_new else "changed"
                unit.achievements.note(changed, self._clock.now(), actor, action, reason)
            if changed.name != held.name:
                work.rename_column(unit, changed.course_id, changed.id)
            unit.commit()
        return changed

    def publish(
        self,
        course_id: str,
        achievement_id: str,
        award_from: AwardFrom,
        actor: Actor = SYSTEM,
        *,
        since: datetime | None = None,
        confirmed: Collection[str] = (),
    ) -> Achievement:
        """From now on the badge is awarded by itself. `since`: for AwardFrom.DATE. `confirmed`: people (ids) who may
        be awarded at once however many they are, because somebody was shown their number and said yes.

        Raises `achievement.no_criteria`, `achievement.incomplete`, `achievement.no_date`, `achievement.terms_invalid`.
        """
        with self._transactions() as unit:
            achievement = achievement_of_course(unit, course_id, achievement_id)
            now = self._clock.now()
            published = achievement.publish(award_from, now, since)
            unit.achievements.save(published)
            unit.achievements.note(published, now, actor, "published")
            if confirmed:
                people = tuple(sorted(confirmed))
                unit.award_batches.save(
                    AwardBatch(str(uuid4()), achievement_id, course_id, BatchState.CONFIRMED, now, people, actor=actor)
                )
            work.evaluate_course(unit, course_id)
            unit.commit()
        return published

    def pause(self, course_id: str, achievement_id: str, *, paused: bool, actor: Actor = SYSTEM) -> Achievement:
        """Stops awarding, or goes on; what was awarded stays."""
        with self._transactions() as unit:
            achievement = achievement_of_course(unit, course_id, achievement_id)
            if achievement.state is AchievementState.DRAFT:
                raise BadgeToolError("achievement.not_published", "A draft awards nothing yet.", status=409)
            state = AchievementState.PAUSED if paused else AchievementState.PUBLISHED
            changed = replace(achievement, state=state)
            unit.achievements.save(changed)
            unit.achievements.note(changed, self._clock.now(), actor, "paused" if paused else "resumed")
            if not paused:
                work.evaluate_course(unit, course_id)
            unit.commit()
        return changed
