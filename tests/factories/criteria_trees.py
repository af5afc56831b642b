"""Trees of the whole criteria language and records that they are about, for Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from hypothesis import strategies as st

from lti_tool.domain.criteria import Criteria, Group, Requirement, RubricLevel, RubricRow, Skill, SkillKind, Window
from lti_tool.domain.fact_kind import FactKind, GradeVariant, Standing
from lti_tool.domain.learner_record import Fact, LearnerRecord

START = datetime(2026, 9, 1, tzinfo=UTC)
BADGE = "badge-1"
SCALE = ("F", "C", "B", "A")
ITEMS, GROUPS = ("quiz", "essay", "lab"), ("red", "blue")
moments = st.integers(0, 6).map(lambda days: START + timedelta(days=days))
scores = st.sampled_from([0.0, 40.0, 50.0, 79.99999999, 80.0, 100.0])


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start, end = draw(st.none() | moments), draw(st.none() | moments)
    if start is not None and end is not None:
        start, end = (start, end) if start < end else (None, end)
    return Window(start, end, draw(st.booleans()) or (start is None and end is None))


skills = st.builds(
    Skill,
    st.sampled_from(["Pipetting", "Risk assessment"]),
    st.sampled_from(["https://example.org/skill/1", "urn:example:skill:2"]),
    st.sampled_from(list(SkillKind)),
    st.sampled_from(["", "Laboratory skills"]),
    st.sampled_from(["", "S1"]),
)


def terms(draw: st.DrawFn, plain: bool) -> dict[str, object]:
    if plain:
        return {}
    return {
        "only_for": tuple(draw(st.lists(st.sampled_from(GROUPS), max_size=2, unique=True))),
        "credits": draw(st.sampled_from([0.5, 1.0, 2.0, 3.0])),
        "window": draw(st.none() | windows()),
    }


@st.composite
def leaves(draw: st.DrawFn, plain: bool = False) -> Requirement:  # noqa: C901 - one kind after the other
    kind = draw(
        st.sampled_from([kind for kind in FactKind if kind not in (FactKind.ENROLMENT, FactKind.GROUP_MEMBERSHIP)])
    )
    values: dict[str, object] = {"skill": draw(st.none() | skills)} if not plain else {}
    if kind in (FactKind.ITEM_SCORE, FactKind.ITEM_COMPLETION, FactKind.ITEM_SUBMISSION):
        values["target"] = draw(st.sampled_from(ITEMS))
    elif kind not in (
        FactKind.COURSE_GRADE,
        FactKind.COURSE_COMPLETION,
        FactKind.MANUAL_APPROVAL,
        FactKind.EVIDENCE_REVIEW,
    ):
        values["target"] = draw(st.sampled_from(["one", "two"]))
    if kind in (FactKind.ITEM_SCORE, FactKind.COURSE_GRADE, FactKind.OUTCOME_MASTERY, FactKind.EXTERNAL_FACT):
        choices = ["minimum", "letter"]
        if kind in (FactKind.OUTCOME_MASTERY, FactKind.EXTERNAL_FACT):
            choices.append("")
        asked = draw(st.sampled_from(choices))
        if asked == "minimum":
            values |= {"minimum": draw(st.sampled_from([50.0, 80.0, 100.0]))}
            values["unit"] = draw(st.sampled_from(["percent", "points"]))
        elif asked == "letter":
            values |= {"letter": draw(st.sampled_from(SCALE)), "scale": SCALE}
    if kind is FactKind.ITEM_SCORE:
        values["take"] = draw(
            st.sampled_from(["grade", "best", "latest"] + ([] if values.get("letter") else ["average"]))
        )
    if kind is FactKind.COURSE_GRADE:
        values |= {"grade": draw(st.sampled_from(["", "current", "final"])), "overrides": draw(st.booleans())}
    if kind is FactKind.ITEM_SUBMISSION:
        values["on_time"] = draw(st.booleans())
    if kind is FactKind.MODULE_COMPLETION and draw(st.booleans()):
        values |= {"items": ITEMS, "minimum": draw(st.sampled_from([30.0, 66.0, 100.0]))}
    if kind is FactKind.EVIDENCE_REVIEW:
        levels = (RubricLevel("Flat", 0.0), RubricLevel("Some", 20.0, "A layer or two."), RubricLevel("Deep", 40.0))
        deep = RubricRow("Depth", 40.0, levels, draw(st.sampled_from(["", "Some", "Deep"])))
        rubric = (RubricRow("Clarity", 60.0), draw(st.sampled_from([RubricRow("Depth", 40.0), deep])))
        values |= {"evidence": "portfolio", "rubric": rubric, "minimum": draw(st.sampled_from([None, 50.0, 80.0]))}
    return Requirement(kind, **values, **terms(draw, plain))  # type: ignore[arg-type]


@st.composite
def groups(draw: st.DrawFn, parts: st.SearchStrategy[Criteria], negations: bool, plain: bool) -> Group:
    found = tuple(draw(st.lists(parts, min_size=1, max_size=4)))
    joiner = draw(st.sampled_from(["all", "any", "at_least", "credits"] + (["not"] if negations else [])))
    found = found[:1] if joiner == "not" else found
    if joiner == "all" and len(found) > 1 and draw(st.booleans()) and not plain:
        found = (_optional(found[0]), *found[1:])
    count = draw(st.integers(1, len(found))) if joiner == "at_least" else 0
    offered = sum(part.credits for part in found)
    total = draw(st.sampled_from([0.5, offered / 2, offered])) if joiner == "credits" else 0.0
    return Group(joiner, found, count, total, **terms(draw, plain))  # type: ignore[arg-type]


def _optional(part: Criteria) -> Criteria:
    return replace(part, optional=True)


def trees(*, negations: bool = True, plain: bool = False) -> st.SearchStrategy[Criteria]:
    """`plain`: without windows, groups of learners, credits and optional parts."""
    return st.recursive(leaves(plain), lambda parts: groups(parts, negations, plain), max_leaves=8)


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    kind = draw(st.sampled_from(list(FactKind)))
    aspect, target = "", ""
    if kind in (FactKind.ITEM_SCORE, FactKind.ITEM_SUBMISSION, FactKind.ITEM_COMPLETION):
        target = draw(st.sampled_from(ITEMS))
        aspect = draw(st.sampled_from(["", "1", "2", "10"])) if kind is not FactKind.ITEM_COMPLETION else ""
    elif kind is FactKind.COURSE_GRADE:
        aspect = draw(st.sampled_from(list(GradeVariant)))
    elif kind is FactKind.GROUP_MEMBERSHIP:
        target = draw(st.sampled_from(GROUPS))
    elif kind in (FactKind.EVIDENCE_REVIEW, FactKind.MANUAL_APPROVAL):
        target, aspect = BADGE, "portfolio" if kind is FactKind.EVIDENCE_REVIEW else ""
    elif kind not in (FactKind.ENROLMENT, FactKind.COURSE_COMPLETION):
        target = draw(st.sampled_from(["one", "two"]))
    scored = kind in (FactKind.ITEM_SCORE, FactKind.COURSE_GRADE)
    rated = scored or kind in (FactKind.OUTCOME_MASTERY, FactKind.EXTERNAL_FACT, FactKind.EVIDENCE_REVIEW)
    submitted = kind is FactKind.ITEM_SUBMISSION
    fact = Fact(
        kind,
        target,
        draw(st.none() | scores) if rated else None,
        draw(st.sampled_from([None, 100.0])) if rated else None,
        None if scored else draw(st.booleans() | st.none() if rated else st.booleans()),
        draw(moments),
        draw(st.text("abc", min_size=1, max_size=2)),
        "webhook",
        START + timedelta(days=9),
        draw(st.sampled_from([Standing.COUNTS] * 6 + list(Standing))),
        aspect,
        draw(st.sampled_from(["", *SCALE, "pass"])) if rated else "",
        draw(st.none() | st.booleans()) if submitted else None,
        draw(st.none() | moments) if submitted else None,
    )
    # Ranks of two that say different things are never the same: the real ones are hashes of what is said.
    return replace(fact, order=f"{fact.order}{sha256(repr(fact).encode()).hexdigest()}")


records = st.lists(facts(), max_size=14).map(LearnerRecord.fold)
