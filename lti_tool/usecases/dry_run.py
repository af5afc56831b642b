"""dry_run: who would earn a badge now, who is nearly there, who not yet, who cannot be judged. Nothing is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lti_tool.domain import criteria as rule
from lti_tool.domain.evaluation import Outcome, Reason, evaluate, steps
from lti_tool.domain.identity import Person
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.domain.sentence import criteria_sentence
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import CourseReading, Transactions


@dataclass(frozen=True, slots=True)
class Forecast:
    """One learner under the rule. `held`: she has the badge already. `steps`: least number of leaves still missing."""

    person: Person
    reason: Reason
    held: bool

    @property
    def steps(self) -> int:
        return steps(self.reason)


@dataclass(frozen=True, slots=True)
class DryRunResult:
    """`sentence` is the rule in words; `reading` says how old the data is."""

    sentence: str
    forecasts: list[Forecast]
    reading: CourseReading
    names: CourseNames

    @property
    def earn_now(self) -> list[Forecast]:
        return [one for one in self.forecasts if one.reason.outcome is Outcome.MET]

    @property
    def one_step(self) -> list[Forecast]:
        return [one for one in self.forecasts if one.steps == 1 and one.reason.outcome is not Outcome.MET]

    @property
    def not_yet(self) -> list[Forecast]:
        return [one for one in self.forecasts if one.steps > 1]


class DryRun:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def __call__(self, course_id: str, criteria: Any, achievement_id: str = "") -> DryRunResult:
        """Weighs every eligible learner of the course in memory: one query for all records. Raises `criteria.*`."""
        parsed = rule.parse(criteria)
        with self._transactions(write=False) as unit:
            enrolled = [person for person, enrolment in unit.people.enrolled(course_id) if is_eligible(enrolment)]
            records = unit.records.of_course(course_id)
            names = CourseNames.load(unit, course_id)
            reading = unit.courses.reading(course_id)
            held = {award.person_id for award in unit.awards.of_achievement(achievement_id)}
        nothing = LearnerRecord({})
        forecasts = [
            Forecast(person, evaluate(parsed, records.get(person.id, nothing), achievement_id), person.id in held)
            for person in enrolled
        ]
        return DryRunResult(criteria_sentence(parsed, names), forecasts, reading, names)
