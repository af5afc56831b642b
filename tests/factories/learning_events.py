"""Events of every kind for Hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from lti_tool.domain.learning_event import ATTEMPTED, RATED, SCORED, FactKind, GradeVariant, LearningEvent, Standing

AT = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
times = st.integers(0, 3).map(lambda seconds: AT + timedelta(seconds=seconds))


@st.composite
def events(draw: st.DrawFn, subjects=("ana",)) -> LearningEvent:
    """Any event that is allowed, with many that are about the same thing at the same time."""
    kind = draw(st.sampled_from(list(FactKind)))
    rated, submitted = kind in SCORED | RATED, kind is FactKind.ITEM_SUBMISSION
    yes_or_no = st.none() | st.booleans() if kind in RATED else st.booleans()
    attempt = draw(st.none() | st.integers(1, 3)) if kind in ATTEMPTED else None
    variants = {FactKind.COURSE_GRADE: list(GradeVariant), FactKind.EVIDENCE_REVIEW: ["", "portfolio"]}
    return LearningEvent(
        event_id=draw(st.text("abc", min_size=1, max_size=3)),
        source=draw(st.sampled_from(["webhook", "moodle"])),
        context_id="course",
        subject=draw(st.sampled_from(subjects)),
        kind=kind,
        target=draw(st.sampled_from(["quiz", "essay"])),
        occurred_at=draw(times),
        score=draw(st.none() | st.floats(0, 100)) if rated else None,
        maximum=draw(st.sampled_from([None, 50.0, 100.0])) if rated else None,
        completed=None if kind in SCORED else draw(yes_or_no),
        standing=draw(st.sampled_from(list(Standing))),
        letter=draw(st.sampled_from(["", "A", "B+"])) if rated else "",
        attempt=attempt,
        variant=draw(st.sampled_from(variants.get(kind, [""]))),
        late=draw(st.none() | st.booleans()) if submitted else None,
        submitted_at=draw(st.none() | times) if submitted else None,
    )
