"""mass_awards: what one act would award to many waits until a person says yes, and can be undone as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from lti_tool.domain.achievement import Achievement, AchievementState, AwardFrom
from lti_tool.domain.award import AwardState, Cause
from lti_tool.domain.award_batch import AwardBatch, BatchState
from lti_tool.domain.errors import NotFound
from lti_tool.domain.evaluation import evaluate
from lti_tool.domain.identity import SYSTEM, Actor
from lti_tool.usecases import work
from lti_tool.usecases.award_learner import is_due, issues_awards
from lti_tool.usecases.change_award import change_award
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork

# Work that waited longer than this would be told of as an outage.
_LONGEST_AHEAD = timedelta(hours=1)
SAME_WAVE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class MassLimits:
    """`size`: as many awards at once need no further question; None: any number. `undo`: how long those of a larger
    one wait before they are signed."""

    size: int | None = None
    undo: timedelta = timedelta(0)

    def is_mass(self, count: int) -> bool:
        return self.size is not None and count > self.size


class MassAwards:
    """Within a transaction that is open already."""

    def __init__(self, clock: Clock, limits: MassLimits) -> None:
        self._clock = clock
        self._limits = limits

    def begin(self, unit: UnitOfWork, course_id: str, found: Mapping[str, set[str]]) -> dict[str, AwardBatch]:
        """By achievement the mass award that may go on. `found`: who meets the rule; who has to wait is not awarded."""
        if not found or not issues_awards(unit, course_id):
            return {}
        begun = {}
        for achievement_id, people in found.items():
            achievement = achievement_of_course(unit, course_id, achievement_id)
            batch = self._begin(unit, achievement, people)
            if batch is not None:
                begun[achievement_id] = batch
        return begun

    def _begin(self, unit: UnitOfWork, achievement: Achievement, people: set[str]) -> AwardBatch | None:
        held = {batch.state: batch for batch in reversed(unit.award_batches.open_of(achievement.id))}
        confirmed, waiting = held.get(BatchState.CONFIRMED), held.get(BatchState.WAITING)
        others = people - set(confirmed.people if confirmed else ())
        lately = self._unasked_lately(unit, achievement) if others else 0
        if self._limits.is_mass(len(others) + lately):
            others = self._really_due(unit, achievement, others)
        if others and self._limits.is_mass(len(others) + lately):
            people -= others
            self._ask(unit, achievement, waiting, others)
        elif waiting is not None:
            unit.award_batches.save(replace(waiting, state=BatchState.DECLINED))
        if not people:
            return None
        batch = confirmed or held.get(BatchState.OPEN) or self._new(achievement, BatchState.OPEN)
        sign_at = self._clock.now() + self._limits.undo if self._limits.is_mass(len(people)) else None
        batch = replace(batch, sign_at=batch.sign_at or sign_at)
        unit.award_batches.save(batch)
        return batch

    def _unasked_lately(self, unit: UnitOfWork, achievement: Achievement) -> int:
        """How many got it at once within the last minutes without anybody having been asked: what comes in parts is
        one wave all the same."""
        since = self._clock.now() - SAME_WAVE
        batches = (one for one in unit.award_batches.of_course(achievement.course_id) if one.made_at > since)
        mine = (one for one in batches if one.achievement_id == achievement.id and one.actor == SYSTEM)
        return sum(unit.awards.count_of_batch(one.id) for one in mine)

    def _really_due(self, unit: UnitOfWork, achievement: Achievement, people: Collection[str]) -> set[str]:
        """Without those who met the rule by work that does not count."""
        if achievement.award_from is not AwardFrom.NEW_WORK or achievement.criteria is None:
            return set(people)
        records = unit.records.of_course(achievement.course_id)
        due = {person for person in people if person in records}
        return {one for one in due if is_due(achievement, evaluate(achievement.criteria, records[one], achievement.id))}

    def _ask(self, unit: UnitOfWork, achievement: Achievement, waiting: AwardBatch | None, people: set[str]) -> None:
        batch = waiting or self._new(achievement, BatchState.WAITING)
        unit.award_batches.save(replace(batch, people=tuple(sorted(people))))

    def _new(self, achievement: Achievement, state: BatchState) -> AwardBatch:
        return AwardBatch(str(uuid4()), achievement.id, achievement.course_id, state, self._clock.now())

    def end(self, unit: UnitOfWork, batches: Mapping[str, AwardBatch]) -> None:
        """Everybody was awarded. What was undone meanwhile is undone for those too who were awarded since."""
        for begun in batches.values():
            batch = unit.award_batches.get(begun.id)
            if batch is None:
                continue
            if batch.state is BatchState.UNDONE:
                work.undo_batch(unit, batch.id)
            elif batch.state in (BatchState.OPEN, BatchState.CONFIRMED):
                state = BatchState.AWARDED if unit.awards.count_of_batch(batch.id) else BatchState.DECLINED
                unit.award_batches.save(replace(batch, state=state, people=()))


class DecideMassAward:
    """What a person says to a mass award. Another course's raise `award.batch_unknown`."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def confirm(self, course_id: str, batch_id: str, actor: Actor) -> AwardBatch:
        """Those named get it. Raises `award.batch_closed` where it was decided already."""
        with self._transactions() as unit:
            batch = _batch_of_course(unit, course_id, batch_id).confirmed(actor)
            unit.award_batches.save(batch)
            work.evaluate_course(unit, course_id)
            unit.commit()
        return batch

    def decline(self, course_id: str, batch_id: str, actor: Actor) -> AwardBatch:
        """Nobody gets it for what was done until now: from here on only new work counts."""
        with self._transactions() as unit:
            batch = _batch_of_course(unit, course_id, batch_id).declined(actor)
            unit.award_batches.save(batch)
            badge = achievement_of_course(unit, course_id, batch.achievement_id)
            now = self._clock.now()
            badge = replace(badge, award_from=AwardFrom.NEW_WORK, award_since=None, published_at=now)
            unit.achievements.save(badge)
            unit.achievements.note(badge, now, actor, "only_new_work")
            unit.commit()
        return batch

    def undo(self, course_id: str, batch_id: str, actor: Actor, reason: str) -> AwardBatch:
        """All awards of it are withdrawn, and the badge is paused: it would be awarded to them again at once."""
        with self._transactions() as unit:
            batch = _batch_of_course(unit, course_id, batch_id).undone(actor, reason)
            unit.award_batches.save(batch)
            badge = achievement_of_course(unit, course_id, batch.achievement_id)
            badge = replace(badge, state=AchievementState.PAUSED)
            unit.achievements.save(badge)
            unit.achievements.note(badge, self._clock.now(), actor, "paused", batch.reason)
            work.undo_batch(unit, batch_id, due_at=_ahead(self._clock, batch))
            unit.commit()
        return batch


class UndoBatch:
    """The work of undoing, in pieces, as there may be a hundred thousand awards. Verifiers see it first: one piece
    marks all of them on the status lists; the others withdraw some awards each. Repeatable."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, batch_id: str, award_ids: Sequence[str] | None = None) -> None:
        with self._transactions() as unit:
            batch = unit.award_batches.get(batch_id)
            if batch is None or batch.state is not BatchState.UNDONE:
                return
            if award_ids is None:
                self._mark(unit, batch)
            else:
                self._withdraw(unit, batch, award_ids)
            unit.commit()

    def _mark(self, unit: UnitOfWork, batch: AwardBatch) -> None:
        award_ids = unit.awards.standing_of_batch(batch.id)
        for list_id in unit.status_lists.revoke_many(award_ids):
            work.publish_status_list(unit, list_id, due_at=_ahead(self._clock, batch))
        work.undo_awards(unit, batch.id, award_ids, self._clock.now())

    def _withdraw(self, unit: UnitOfWork, batch: AwardBatch, award_ids: Sequence[str]) -> None:
        """They come in the order of their people, so that two who do it at once do not wait for each other."""
        for award_id in award_ids:
            found = unit.awards.get(award_id)
            if found is None or found.batch_id != batch.id:
                continue
            unit.people.lock(found.course_id, found.person_id)
            award = unit.awards.get(award_id)
            if award is not None and award.state is not AwardState.REVOKED:
                after = award.revoked(batch.reason, self._clock.now(), Cause.UNDONE)
                change_award(unit, self._clock, award, after, batch.actor, "revoked", batch.reason)


def _ahead(clock: Clock, batch: AwardBatch) -> datetime:
    """Before whatever is still to be signed of it: a list that tells of it waits for none of that."""
    return max(batch.made_at, clock.now() - _LONGEST_AHEAD)


def _batch_of_course(unit: UnitOfWork, course_id: str, batch_id: str) -> AwardBatch:
    batch = unit.award_batches.get(batch_id)
    if batch is None or batch.course_id != course_id:
        raise NotFound("award.batch_unknown", "There is no such mass award in this course.")
    return batch
