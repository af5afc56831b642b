"""An evaluation written a second time, from docs/reference/criteria.md, and in another way: by possible worlds.

The tree is decided for every way in which what is not known of its leaves could turn out; where all ways agree that is
the decision. That is at least as decided as three-valued logic; the two agree wherever no leaf stands in the tree
twice, and a tree in which each unknown leaf counts as a question of its own has no such leaf. So the oracle asks every
leaf once, by its place.
"""

from __future__ import annotations

from itertools import product

from lti_tool.domain.criteria import Criteria, Group, Requirement
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.learner_record import Fact, LearnerRecord

YES, NO, OPEN = "yes", "no", "open"


def decide(tree: Criteria, record: LearnerRecord, badge: str) -> str:
    questions: list[list[object]] = []
    shape = _shape(tree, record, badge, (), questions)
    answers = {_answer(shape, world) for world in product(*questions)}
    if answers == {True}:
        return YES
    return NO if True not in answers else OPEN


def _shape(tree, record, badge, windows, questions):
    """The tree with each leaf's answer as a number into a list of what it could be."""
    windows = (*windows, tree.window) if tree.window else windows
    hers = _ask(questions, _hers(tree.only_for, record))
    if isinstance(tree, Group):
        parts = [
            (_shape(part, record, badge, windows, questions), part.credits) for part in tree.parts if not part.optional
        ]
        return ("group", hers, tree.joiner, tree.count, tree.total, parts)
    said = leaf(tree, record, badge, windows)
    return ("leaf", hers, _ask(questions, {YES: [True], NO: [False], OPEN: [True, False]}[said]))


def _ask(questions, possible):
    questions.append(possible)
    return len(questions) - 1


def _hers(only_for, record):
    if not only_for:
        return [True]
    said = []
    for name in only_for:
        fact = record.facts.get((FactKind.GROUP_MEMBERSHIP, name, ""))
        said.append(OPEN if fact is None or fact.standing != "" else YES if fact.completed else NO)
    if YES in said:
        return [True]
    return [True, False] if OPEN in said else [False]


def _answer(shape, world):
    """True, False, or None for a part that is left out."""
    if not world[shape[1]]:
        return None
    if shape[0] == "leaf":
        return world[shape[2]]
    _, _, joiner, count, total, parts = shape
    found = [(_answer(part, world), weight) for part, weight in parts]
    kept = [(answer, weight) for answer, weight in found if answer is not None]
    if not kept:
        return None
    met = sum(answer for answer, _ in kept)
    if joiner == "not":
        return not kept[0][0]
    if joiner == "credits":
        return sum(weight for answer, weight in kept if answer) >= total - 1e-9
    return met >= {"all": len(kept), "any": 1}.get(joiner, count)


def leaf(asked: Requirement, record: LearnerRecord, badge: str, windows) -> str:  # noqa: C901 - written out on purpose
    def held(kind: FactKind, target: str, aspect: str = "") -> Fact | None:
        return record.facts.get((kind, target, aspect))

    enrolled = held(FactKind.ENROLMENT, "")
    begun = enrolled.occurred_at if enrolled is not None and enrolled.completed else None
    numbered = sorted(
        (fact for fact in record if (fact.kind, fact.target) == (asked.kind, asked.target) and fact.aspect.isdigit()),
        key=lambda fact: int(fact.aspect),
    )

    def timely(fact: Fact) -> str:
        at = fact.submitted_at if fact.submitted_at is not None else fact.occurred_at
        answers = {YES}
        for window in windows:
            if (window.start and at < window.start) or (window.end and not at < window.end):
                answers.add(NO)
            if window.since_enrolment:
                answers.add(OPEN if begun is None else YES if at >= begun else NO)
        return NO if NO in answers else OPEN if OPEN in answers else YES

    def one(fact: Fact | None) -> str:
        if fact is None:
            ours = (FactKind.MANUAL_APPROVAL, FactKind.BADGE_HELD, FactKind.EVIDENCE_REVIEW)
            return NO if asked.kind in ours else OPEN
        if fact.standing != "":
            return OPEN
        said = value(fact)
        return timely(fact) if said == YES else said

    def value(fact: Fact) -> str:  # noqa: PLR0911
        nothing = fact.score is None and fact.letter == "" and fact.completed is None
        if asked.letter:
            if not fact.letter:
                return NO if nothing else OPEN
            if fact.letter not in asked.scale:
                return OPEN
            return YES if asked.scale.index(fact.letter) >= asked.scale.index(asked.letter) else NO
        if asked.minimum is not None:
            if asked.kind is FactKind.EVIDENCE_REVIEW and not fact.completed:
                return NO
            number = amount(fact)
            if number is None:
                return NO if nothing else OPEN
            return YES if number >= asked.minimum - 5e-7 else NO
        if asked.kind is FactKind.ITEM_SUBMISSION and asked.on_time and fact.completed:
            return {None: OPEN, True: NO, False: YES}[fact.late]
        if fact.completed is None:
            return NO if nothing else OPEN
        return YES if fact.completed else NO

    def amount(fact: Fact) -> float | None:
        if fact.score is None or asked.unit == "points" or asked.kind is FactKind.EVIDENCE_REVIEW:
            return fact.score
        return 100 * fact.score / fact.maximum if fact.maximum else None

    def any_of(facts: list[Fact]) -> str:
        said = [one(fact) for fact in facts] or [OPEN]
        return YES if YES in said else OPEN if OPEN in said else NO

    if asked.items:
        return _share([held(FactKind.ITEM_COMPLETION, item) for item in asked.items], asked.minimum or 0, timely)
    loose = held(asked.kind, asked.target)
    if asked.kind is FactKind.ITEM_SUBMISSION or asked.take == "best":
        return any_of(([loose] if loose else []) + numbered)
    if asked.take == "latest":
        return one(numbered[-1] if numbered else None)
    if asked.take == "average":
        return _average(numbered, timely, amount, asked.minimum or 0)
    if asked.kind is FactKind.COURSE_GRADE:
        over = held(asked.kind, "", "override")
        if asked.overrides and over is not None and not (over.score is None and not over.letter):
            return one(over)
        return one(held(asked.kind, "", asked.grade) or (None if asked.grade else held(asked.kind, "", "final")))
    if asked.kind is FactKind.EVIDENCE_REVIEW:
        return one(held(asked.kind, badge, asked.evidence))
    return one(held(asked.kind, badge) if asked.kind is FactKind.MANUAL_APPROVAL else loose)


def _share(facts, minimum, timely):
    done = [OPEN if fact is None or fact.standing != "" else timely(fact) if fact.completed else NO for fact in facts]
    enough = [sum(one in said for one in done) / len(done) * 100 >= minimum - 1e-6 for said in ((YES,), (YES, OPEN))]
    return YES if enough[0] else OPEN if enough[1] else NO


def _average(facts, timely, amount, minimum):
    times = [timely(fact) for fact in facts]
    inside = [fact for fact, time in zip(facts, times, strict=True) if time != NO]
    if not inside or OPEN in times or any(fact.standing != "" or amount(fact) is None for fact in inside):
        return OPEN
    return YES if sum(amount(fact) for fact in inside) / len(inside) >= minimum - 5e-7 else NO
