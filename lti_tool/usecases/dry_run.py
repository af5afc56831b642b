"""dry_run: who would earn a badge now, who is nearly there, who not yet, who never can. Nothing is saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lti_tool.domain import criteria as rule
from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.award import Award, latest_of
from lti_tool.domain.confidence import Ages
from lti_tool.domain.evaluation import NEVER, Outcome, Reason, blockers, compiled, evaluate, steps
from lti_tool.domain.identity import Person
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.domain.sentence import criteria_sentence
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import Clock, CourseReading, Transactions
from lti_tool.usecases.source_ages import ages_of


@dataclass(frozen=True, slots=True)
class Forecast:
    """One learner under the rule. `held`: she has the badge already. `steps`: least number of leaves still missing,
    evaluation.NEVER where nothing that she can do meets the rule any more. `met_before`: whether she meets the rule
    that is published; None where none is."""

    person: Person
    reason: Reason
    held: bool
    steps: int
    met_before: bool | None = None
    now: datetime | None = None

    @property
    def blockers(self) -> list[Reason]:
        """The parts on account of which she never can."""
        return list(blockers(self.reason, self.now))

    @property
    def is_met(self) -> bool:
        return self.reason.outcome is Outcome.MET


@dataclass(frozen=True, slots=True)
class DryRunResult:
    """`sentence` is the rule in words; `reading` says how old the data is."""

    sentence: str
    forecasts: list[Forecast]
    reading: CourseReading
    names: CourseNames
    ages: Ages = field(default_factory=dict)

    @property
    def earn_now(self) -> list[Forecast]:
        return [one for one in self.forecasts if one.is_met]

    @property
    def one_step(self) -> list[Forecast]:
        return [one for one in self.forecasts if one.steps == 1 and not one.is_met]

    @property
    def not_yet(self) -> list[Forecast]:
        return [one for one in self.forecasts if 1 < one.steps < NEVER]

    @property
    def never(self) -> list[Forecast]:
        return [one for one in self.forecasts if one.steps >= NEVER]

    @property
    def gain(self) -> list[Forecast]:
        """Who meets this rule and not the published one."""
        return [one for one in self.forecasts if one.met_before is False and one.is_met]

    @property
    def lose(self) -> list[Forecast]:
        """Who meets the published rule and not this one."""
        return [one for one in self.forecasts if one.met_before is True and not one.is_met]


class DryRun:
    """Without a clock no time runs out: a window that has passed counts as one that is open."""

    def __init__(self, transactions: Transactions, clock: Clock | None = None) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(
        self, course_id: str, criteria: Any, achievement_id: str = "", since: datetime | None = None
    ) -> DryRunResult:
        """Weighs every eligible learner of the course in memory: one query for all records. `since`: only work from
        then on counts. Raises `criteria.*`."""
        parsed = rule.parse(criteria)
        with self._transactions(write=False) as unit:
            enrolled = [person for person, enrolment in unit.people.enrolled(course_id) if is_eligible(enrolment)]
            records = unit.records.of_course(course_id)
            names = CourseNames.load(unit, course_id, also=parsed)
            reading = unit.courses.reading(course_id)
            course = unit.courses.get(course_id)
            ages = ages_of(unit, course) if course else {}
            held = _holders(unit.awards.of_achievement(achievement_id))
            stored = unit.achievements.get(course_id, achievement_id)
        is_live = stored is not None and stored.state is not AchievementState.DRAFT and stored.criteria is not None
        before = compiled(stored.criteria, achievement_id) if is_live and stored and stored.criteria else None
        since = since or (stored.counts_from if is_live and stored else None)
        now = self._clock.now() if self._clock else None
        forecasts = []
        for person in enrolled:
            record = records.get(person.id, LearnerRecord({})).since(since)
            reason = evaluate(parsed, record, achievement_id)
            met_before = None if before is None else before(record) is Outcome.MET
            forecasts.append(Forecast(person, reason, person.id in held, steps(reason, now), met_before, now))
        return DryRunResult(criteria_sentence(parsed, names), forecasts, reading, names, ages)


def _holders(awards: Iterable[Award]) -> set[str]:
    """Who has it, or may not have it again."""
    by_person: dict[str, list[Award]] = {}
    for award in awards:
        by_person.setdefault(award.person_id, []).append(award)
    latest = (award for hers in by_person.values() for award in latest_of(hers).values())
    return {award.person_id for award in latest if not award.may_be_earned_again}
