"""award_by_hand: the staff of a course award learners whom they chose, all of them or nobody.

Everything is checked before anything is written. The rule of the badge is weighed too: what of it is met stands in the
credential as ever, beside what was shown for the decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.award import PERIOD_ONCE, Award, AwardState, latest_of, period_after
from lti_tool.domain.award_batch import AwardBatch, BatchState
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.evaluation import evaluate
from lti_tool.domain.evidence import Evidence
from lti_tool.domain.identity import Actor, Person
from lti_tool.usecases.award_learner import issues_awards
from lti_tool.usecases.change_award import add_award
from lti_tool.usecases.decide_award import check_can_be_awarded
from lti_tool.usecases.edit_achievement import achievement_of_course
from lti_tool.usecases.find_learner import LearnerNames
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork

# Few enough for one transaction that others wait for.
MOST_AT_ONCE = 500
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Gift:
    """To whom and why. `who` is a person's id, or with a `kind` of name (LearningEvent.subject_kind) that name."""

    who: str
    reason: str
    evidence: Evidence = field(default_factory=Evidence)
    kind: str = ""


class Verdict(StrEnum):
    """What would come of a gift."""

    GETS = "gets"
    HAS = "has"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Checked:
    """`person` None: nobody of that name is in the course. `problem`: why it is refused."""

    gift: Gift
    person: Person | None
    verdict: Verdict
    problem: BadgeToolError | None = None


class AwardByHand:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def check(self, course_id: str, achievement_id: str, giver_id: str, gifts: Sequence[Gift]) -> list[Checked]:
        """What would come of each. Raises `achievement.unknown`, `achievement.not_published`, `award.not_issuing`,
        `award.too_many`, `award.nobody_chosen`: nothing can be given at all."""
        with self._transactions(write=False) as unit:
            achievement = _givable(unit, course_id, achievement_id, gifts)
            return _checked(unit, achievement, giver_id, gifts, self._clock.now())

    def __call__(self, course_id: str, achievement_id: str, giver: Actor, gifts: Sequence[Gift]) -> list[Checked]:
        """Awards all of them in one transaction; who has the badge already keeps it as it is.

        Raises what `check` raises, and the problem of the first one who is refused.
        """
        with self._transactions() as unit:
            achievement = _givable(unit, course_id, achievement_id, gifts)
            checked = _checked(unit, achievement, giver.id, gifts, self._clock.now())
            for one in checked:
                if one.problem is not None:
                    raise one.problem
            getting = [one for one in checked if one.verdict is Verdict.GETS]
            batch_id = self._batch(unit, achievement, giver) if len(getting) > 1 else ""
            # In one order for all, so that two who award the same people wait for each other and never block.
            for one in sorted(checked, key=lambda one: one.person.id if one.person else ""):
                if one.person is not None and one.verdict is Verdict.GETS:
                    self._award(unit, achievement, one.person, giver, one.gift, batch_id)
            unit.commit()
        return checked

    def _batch(self, unit: UnitOfWork, achievement: Achievement, giver: Actor) -> str:
        """Several at once can be undone as one."""
        now = self._clock.now()
        batch = AwardBatch(str(uuid4()), achievement.id, achievement.course_id, BatchState.AWARDED, now, actor=giver)
        unit.award_batches.save(batch)
        return batch.id

    def _award(
        self, unit: UnitOfWork, achievement: Achievement, person: Person, giver: Actor, gift: Gift, batch_id: str
    ) -> None:
        assert achievement.criteria is not None, "what is published has criteria"
        unit.people.lock(achievement.course_id, person.id)
        now = self._clock.now()
        record = unit.records.get(achievement.course_id, person.id)
        reason = evaluate(achievement.criteria, record, achievement.id)
        held = latest_of(unit.awards.of_person(achievement.course_id, person.id)).get(achievement.id)
        period = period_after(held.period) if held is not None and not stands(held, now) else PERIOD_ONCE
        award = Award(
            id=Award.id_for(achievement.id, person.id, period),
            achievement_id=achievement.id,
            achievement_version=achievement.version,
            course_id=achievement.course_id,
            person_id=person.id,
            period=period,
            decided_at=now,
            evaluation=reason.to_json() | {"by_hand": gift.evidence.to_json()},
            event_at=now,
            received_at=now,
            by_hand=True,
            batch_id=batch_id,
            expires_at=achievement.terms.lasts_until(now),
        )
        add_award(unit, self._clock, award, giver, "awarded_by_hand", gift.reason.strip())


def _givable(unit: UnitOfWork, course_id: str, achievement_id: str, gifts: Sequence[Gift]) -> Achievement:
    achievement = achievement_of_course(unit, course_id, achievement_id)
    if achievement.state is not AchievementState.PUBLISHED:
        raise BadgeToolError(
            "achievement.not_live", "Only a badge that is live is awarded.", status=409, hint="Publish or resume it."
        )
    if not issues_awards(unit, course_id):
        raise BadgeToolError("award.not_issuing", "Nobody is awarded a badge on this platform at present.", status=409)
    if not gifts:
        raise BadgeToolError("award.nobody_chosen", "Choose first who gets the badge.", status=422)
    if len(gifts) > MOST_AT_ONCE:
        raise BadgeToolError(
            "award.too_many", f"At most {MOST_AT_ONCE} people are awarded at once.", status=422, hint="Do it in parts."
        )
    return achievement


def stands(award: Award, now: datetime) -> bool:
    """Whether it keeps its learner from being given another."""
    return not award.may_be_earned_again and not award.is_expired(now)


def _checked(
    unit: UnitOfWork, achievement: Achievement, giver_id: str, gifts: Sequence[Gift], now: datetime
) -> list[Checked]:
    course = unit.courses.get(achievement.course_id)
    assert course is not None, "a badge is of a course that exists"
    names = LearnerNames(unit, course)
    held = {award.person_id: award for award in unit.awards.of_achievement(achievement.id) if stands(award, now)}
    seen: set[str] = set()
    checked = []
    for gift in gifts:
        person = names.find(gift.kind, gift.who) if gift.kind else names.of_id(gift.who)
        try:
            _check(unit, achievement, giver_id, gift, person, held, seen)
        except BadgeToolError as problem:
            checked.append(Checked(gift, person, Verdict.REFUSED, problem))
        else:
            has = person is not None and person.id in held
            checked.append(Checked(gift, person, Verdict.HAS if has else Verdict.GETS))
        seen |= {person.id} if person else set()
    return checked


def _check(
    unit: UnitOfWork,
    achievement: Achievement,
    giver_id: str,
    gift: Gift,
    person: Person | None,
    held: dict[str, Award],
    seen: set[str],
) -> None:
    enrolment = unit.people.enrolment(achievement.course_id, person.id) if person else None
    if person is None or enrolment is None:
        raise NotFound("person.unknown", "There is no such person in this course.")
    if person.id in seen:
        raise BadgeToolError("award.named_twice", "This person is named twice.", status=422)
    if not gift.reason.strip():
        raise BadgeToolError("award.why_missing", "Say why the badge is awarded.", status=422)
    if len(gift.reason) > LONGEST_REASON:
        raise BadgeToolError("award.why_too_long", f"A reason has at most {LONGEST_REASON} characters.", status=422)
    check_can_be_awarded(enrolment, giver_id)
    award = held.get(person.id)
    if award is not None and award.state is AwardState.REVOKED:
        raise BadgeToolError(
            "award.withdrawn_before", "The badge was withdrawn from this person, and is not awarded again.", status=409
        )
