"""How far a reason can be relied on, and as of when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lti_tool.domain.confidence import Confidence, SourceAge, confidence
from lti_tool.domain.criteria import parse
from lti_tool.domain.evaluation import evaluate
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.learner_record import Fact, LearnerRecord

TOLD = datetime(2026, 9, 1, tzinfo=UTC)
LATER = TOLD + timedelta(hours=3)
QUIZ = parse({"type": "item_score", "item": "quiz", "minimum": 80})


def of(source: str, score: float | None, ages: dict[str, SourceAge]) -> tuple[Confidence, datetime | None]:
    fact = Fact(FactKind.ITEM_SCORE, "quiz", score, 100.0, None, TOLD, "", source, TOLD)
    return confidence(evaluate(QUIZ, LearnerRecord.fold([fact])), ages)


def test_confidence_is_that_of_the_source() -> None:
    fresh, old = {"moodle": SourceAge(LATER)}, {"moodle": SourceAge(TOLD, is_stale=True)}
    assert of("moodle", 90.0, fresh) == (Confidence.COMPLETE, LATER)
    assert of("moodle", 10.0, old) == (Confidence.STALE, TOLD)
    # What a teacher uploaded does not grow old because Moodle cannot be read.
    assert of("csv_upload", 90.0, old) == (Confidence.COMPLETE, TOLD)


def test_what_is_not_known_says_when_it_was_last_looked_for() -> None:
    reason = evaluate(QUIZ, LearnerRecord({}))
    assert confidence(reason, {"moodle": SourceAge(LATER)}) == (Confidence.UNKNOWN, LATER)
    assert confidence(reason, {}) == (Confidence.UNKNOWN, None)
    approval = evaluate(parse({"type": "manual_approval"}), LearnerRecord({}))
    assert confidence(approval, {}) == (Confidence.COMPLETE, None), "only people here say it: that nobody did is known"
