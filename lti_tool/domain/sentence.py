"""The rule as one sentence: the same words for the instructor, the learner and the credential's narrative."""

from __future__ import annotations

from collections.abc import Callable

from lti_tool.domain.criteria import Criteria, Group, Requirement
from lti_tool.domain.learning_event import FactKind

NameOf = Callable[[FactKind, str], str]
"""Gives the human name of a target, e.g. (ITEM_SCORE, "quiz-1") -> "Quiz 1"."""


def number(value: float) -> str:
    """80.0 -> "80", 72.5 -> "72.5"; never more than two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _amount(minimum: float, unit: str) -> str:
    if unit == "percent":
        return f"{number(minimum)} %"
    return f"{number(minimum)} {'point' if minimum == 1 else 'points'}"


def requirement_sentence(leaf: Requirement, name_of: NameOf) -> str:
    """One leaf in the imperative, without a capital or a full stop."""
    name = name_of(leaf.kind, leaf.target) if leaf.target else ""
    amount = "" if leaf.minimum is None else _amount(leaf.minimum, leaf.unit)
    return {
        FactKind.ITEM_SCORE: f"score at least {amount} in {name}",
        FactKind.ITEM_COMPLETION: f"complete {name}",
        FactKind.MODULE_COMPLETION: f"complete {name}",
        FactKind.COURSE_GRADE: f"reach at least {amount} as course grade",
        FactKind.BADGE_HELD: f"hold the badge {name}",
        FactKind.MANUAL_APPROVAL: "be approved by the teacher",
    }[leaf.kind]


def criteria_sentence(criteria: Criteria, name_of: NameOf) -> str:
    """The whole tree, e.g. "Score at least 80 % in Quiz 1 and complete Module 1."."""
    text = _phrase(criteria, name_of, nested=False)
    first = next((place for place, letter in enumerate(text) if letter.isalnum()), 0)
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :] + "."


def _phrase(criteria: Criteria, name_of: NameOf, *, nested: bool) -> str:
    if isinstance(criteria, Requirement):
        return requirement_sentence(criteria, name_of)
    phrases = [_phrase(part, name_of, nested=True) for part in criteria.parts]
    if len(phrases) == 1:
        return phrases[0]
    if criteria.joiner == "at_least" and criteria.count < len(phrases):
        return f"do at least {criteria.count} of these {len(phrases)}: " + "; ".join(phrases)
    text = _join(phrases, "or" if _is_any(criteria) else "and")
    return f"({text})" if nested else text


def _is_any(group: Group) -> bool:
    return group.joiner == "any" or (group.joiner == "at_least" and group.count == 1)


def _join(phrases: list[str], word: str) -> str:
    return f"{', '.join(phrases[:-1])} {word} {phrases[-1]}"
