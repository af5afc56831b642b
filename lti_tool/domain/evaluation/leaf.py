"""One leaf weighed against a record: what was found, what it is worth, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lti_tool.domain.criteria import Requirement, Window
from lti_tool.domain.evaluation.outcome import Outcome, Why
from lti_tool.domain.fact_kind import FactKind, GradeVariant
from lti_tool.domain.learner_record import Fact, LearnerRecord

# Only this tool can state these, so their absence is knowledge.
OURS_TO_SAY = frozenset({FactKind.MANUAL_APPROVAL, FactKind.BADGE_HELD, FactKind.EVIDENCE_REVIEW})
# Half a millionth forgives 79.99999999999999 from a division, and nothing a teacher could see.
TOLERANCE = 5e-7


@dataclass(frozen=True, slots=True)
class Weighed:
    """`facts` are all that were looked at, the one that counts first. `observed` is in the unit of the requirement."""

    outcome: Outcome
    facts: tuple[Fact, ...] = ()
    observed: float | None = None
    why: Why = Why.PLAIN


def weigh(leaf: Requirement, record: LearnerRecord, achievement_id: str, window: Window | None) -> Weighed:
    """`achievement_id` is the badge being weighed: approvals count for the one badge they were given for. `window` is
    the leaf's own within those of the groups around it."""
    enrolled = record.get(FactKind.ENROLMENT, "") if window is not None and window.since_enrolment else None
    enrolled = enrolled if enrolled is not None and enrolled.completed else None
    judge = _Judge(leaf, window, enrolled)
    if leaf.items:
        return _share(leaf, [record.get(FactKind.ITEM_COMPLETION, item) for item in leaf.items], judge)
    if leaf.kind is FactKind.ITEM_SUBMISSION:
        return judge.best(_with_gradebook(leaf, record))
    if leaf.kind is FactKind.ITEM_SCORE and leaf.take != "grade":
        return _attempts(leaf, record, judge)
    if leaf.kind is FactKind.COURSE_GRADE:
        return judge.one(_course_grade(leaf, record))
    if leaf.kind is FactKind.EVIDENCE_REVIEW:
        return judge.one(record.get(leaf.kind, achievement_id, leaf.evidence))
    target = achievement_id if leaf.kind is FactKind.MANUAL_APPROVAL else leaf.target
    return judge.one(record.get(leaf.kind, target))


def _with_gradebook(leaf: Requirement, record: LearnerRecord) -> list[Fact]:
    unnumbered = record.get(leaf.kind, leaf.target)
    return [*([unnumbered] if unnumbered else []), *record.attempts(leaf.kind, leaf.target)]


def _course_grade(leaf: Requirement, record: LearnerRecord) -> Fact | None:
    """A teacher's own grade where there is one, else the one that is asked for; without a wish the platform's only
    one, or that with missing work as zero."""
    if leaf.overrides:
        override = record.get(leaf.kind, "", GradeVariant.OVERRIDE)
        if override is not None and not override.is_withdrawn:
            return override
    if leaf.grade:
        return record.get(leaf.kind, "", leaf.grade)
    return record.get(leaf.kind, "") or record.get(leaf.kind, "", GradeVariant.FINAL)


def _attempts(leaf: Requirement, record: LearnerRecord, judge: _Judge) -> Weighed:
    attempts = record.attempts(leaf.kind, leaf.target)
    if leaf.take == "best":
        return judge.best(_with_gradebook(leaf, record))
    if leaf.take == "latest":
        return judge.one(attempts[-1] if attempts else None)
    return judge.average(attempts)


def _share(leaf: Requirement, facts: Sequence[Fact | None], judge: _Judge) -> Weighed:
    """Completed activities of all that the leaf lists, in percent."""
    judged = [judge.completion(fact) for fact in facts]
    done, possible = (sum(one in outcomes for one in judged) for outcomes in (_MET, _POSSIBLE))
    share, most = (100.0 * count / len(facts) for count in (done, possible))
    assert leaf.minimum is not None
    known = tuple(fact for fact in facts if fact is not None)
    if share + TOLERANCE >= leaf.minimum:
        return Weighed(Outcome.MET, known, share)
    outcome = Outcome.UNKNOWN if most + TOLERANCE >= leaf.minimum else Outcome.NOT_MET
    return Weighed(outcome, known, share, Why.PLAIN if known else Why.UNTOLD)


_MET = (Outcome.MET,)
_POSSIBLE = (Outcome.MET, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Judge:
    leaf: Requirement
    window: Window | None
    enrolled: Fact | None

    def one(self, fact: Fact | None) -> Weighed:
        if fact is None:
            absent = Outcome.NOT_MET if self.leaf.kind in OURS_TO_SAY else Outcome.UNKNOWN
            return Weighed(absent, why=Why.UNTOLD)
        outcome, observed, why = self._judged(fact)
        return Weighed(outcome, self._with_enrolment(fact), observed, why)

    def best(self, facts: Sequence[Fact]) -> Weighed:
        """Any of them will do."""
        if not facts:
            return self.one(None)
        order = (Outcome.MET, Outcome.UNKNOWN, Outcome.NOT_MET)
        weighed = [self.one(fact) for fact in facts]
        first = min(weighed, key=lambda one: (order.index(one.outcome), -(one.observed or 0.0)))
        others = tuple(fact for fact in facts if fact not in first.facts)
        return Weighed(first.outcome, first.facts + others, first.observed, first.why)

    def average(self, attempts: Sequence[Fact]) -> Weighed:
        """Of all attempts within the window; one that is not known leaves the average unknown."""
        held = [(fact, self._in_window(fact)) for fact in attempts]
        counted = [fact for fact, inside in held if inside is not False]
        if not counted:
            return Weighed(Outcome.UNKNOWN, tuple(attempts), why=Why.OUTSIDE if attempts else Why.UNTOLD)
        facts = (*counted, *(fact for fact, inside in held if inside is False))
        facts += (self.enrolled,) if self.enrolled else ()
        if any(inside is None for _, inside in held):
            return Weighed(Outcome.UNKNOWN, facts, why=Why.ENROLMENT_UNTOLD)
        if not all(fact.counts for fact in counted):
            return Weighed(Outcome.UNKNOWN, facts, why=Why.WITHHELD)
        values = [self._observed(fact) for fact in counted]
        if any(value is None for value in values):
            return Weighed(Outcome.UNKNOWN, facts, why=Why.NO_MAXIMUM)
        mean = sum(value for value in values if value is not None) / len(values)
        return Weighed(Outcome.MET if self._enough(mean) else Outcome.NOT_MET, facts, mean)

    def completion(self, fact: Fact | None) -> Outcome:
        if fact is None or not fact.counts:
            return Outcome.UNKNOWN
        if not fact.completed:
            return Outcome.NOT_MET
        return _OF_WINDOW[self._in_window(fact)][0]

    def _with_enrolment(self, fact: Fact) -> tuple[Fact, ...]:
        return (fact, self.enrolled) if self.enrolled else (fact,)

    def _judged(self, fact: Fact) -> tuple[Outcome, float | None, Why]:
        if not fact.counts:
            # What is withheld is not known to be missed either; and nobody may learn the value from the reason.
            return Outcome.UNKNOWN, None, Why.WITHHELD
        outcome, observed, why = self._value(fact)
        if outcome is not Outcome.MET:
            return outcome, observed, why
        outcome, why = _OF_WINDOW[self._in_window(fact)]
        return outcome, observed, why

    def _in_window(self, fact: Fact) -> bool | None:
        if self.window is None:
            return True
        at = fact.submitted_at or fact.occurred_at
        return self.window.holds(at, self.enrolled.occurred_at if self.enrolled else None)

    def _value(self, fact: Fact) -> tuple[Outcome, float | None, Why]:
        leaf = self.leaf
        if leaf.letter:
            return self._letter(fact)
        if leaf.minimum is not None:
            return self._number(fact)
        if leaf.on_time and fact.completed:
            return _OF_LATENESS[fact.late]
        if fact.completed is None:
            # Told with a value only: something was told, and whether it is enough nobody asked.
            return (Outcome.NOT_MET, None, Why.WITHDRAWN) if fact.is_withdrawn else (Outcome.UNKNOWN, None, Why.PLAIN)
        return (Outcome.MET if fact.completed else Outcome.NOT_MET), None, Why.PLAIN

    def _number(self, fact: Fact) -> tuple[Outcome, float | None, Why]:
        if self.leaf.kind is FactKind.EVIDENCE_REVIEW and not fact.completed:
            return Outcome.NOT_MET, fact.score, Why.PLAIN
        observed = self._observed(fact)
        if observed is not None:
            return (Outcome.MET if self._enough(observed) else Outcome.NOT_MET), observed, Why.PLAIN
        # A withdrawn grade is known to be absent; a score without its maximum cannot be weighed in percent.
        if fact.is_withdrawn:
            return Outcome.NOT_MET, None, Why.WITHDRAWN
        return Outcome.UNKNOWN, None, Why.NO_NUMBER if fact.score is None else Why.NO_MAXIMUM

    def _letter(self, fact: Fact) -> tuple[Outcome, float | None, Why]:
        if not fact.letter:
            if fact.is_withdrawn:
                return Outcome.NOT_MET, None, Why.WITHDRAWN
            return Outcome.UNKNOWN, None, Why.NO_LETTER
        order = {step.casefold(): place for place, step in enumerate(self.leaf.scale)}
        found = order.get(fact.letter.strip().casefold())
        if found is None:
            return Outcome.UNKNOWN, None, Why.OFF_SCALE
        enough = found >= order[self.leaf.letter.casefold()]
        return (Outcome.MET if enough else Outcome.NOT_MET), None, Why.PLAIN

    def _observed(self, fact: Fact) -> float | None:
        in_points = self.leaf.unit == "points" or self.leaf.kind is FactKind.EVIDENCE_REVIEW
        return fact.score if in_points else fact.percent

    def _enough(self, observed: float) -> bool:
        assert self.leaf.minimum is not None
        return observed + TOLERANCE >= self.leaf.minimum


_OF_WINDOW = {
    True: (Outcome.MET, Why.PLAIN),
    False: (Outcome.NOT_MET, Why.OUTSIDE),
    None: (Outcome.UNKNOWN, Why.ENROLMENT_UNTOLD),
}
_OF_LATENESS: dict[bool | None, tuple[Outcome, float | None, Why]] = {
    False: (Outcome.MET, None, Why.PLAIN),
    True: (Outcome.NOT_MET, None, Why.LATE),
    None: (Outcome.UNKNOWN, None, Why.LATENESS_UNTOLD),
}
