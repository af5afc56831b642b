"""The rule as one sentence: the same words for the instructor, the learner and the credential's narrative."""

from __future__ import annotations

from collections.abc import Callable

from lti_tool.domain.criteria import Criteria, Group, Requirement
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.phrases import ENGLISH, Phrases, number

__all__ = ["NameOf", "criteria_sentence", "number", "requirement_sentence"]

NameOf = Callable[[FactKind, str], str]
"""Gives the human name of a target, e.g. (ITEM_SCORE, "quiz-1") -> "Quiz 1"."""


def requirement_sentence(leaf: Requirement, name_of: NameOf, phrases: Phrases = ENGLISH) -> str:
    """One leaf in the imperative, without a capital or a full stop."""
    name = name_of(leaf.kind, leaf.target) if leaf.target else ""
    text = phrases.requirement(leaf, name)
    return phrases.within(leaf.window, text) if leaf.window else text


def criteria_sentence(criteria: Criteria, name_of: NameOf, phrases: Phrases = ENGLISH) -> str:
    """The whole tree, e.g. "Score at least 80 % in Quiz 1 and complete Module 1."."""
    text = _Sentence(name_of, phrases).phrase(criteria, nested=False)
    first = next((place for place, letter in enumerate(text) if letter.isalnum()), 0)
    return text[:first] + text[first : first + 1].upper() + text[first + 1 :] + "."


class _Sentence:
    def __init__(self, name_of: NameOf, phrases: Phrases) -> None:
        self._name_of = name_of
        self._phrases = phrases

    def phrase(self, part: Criteria, *, nested: bool) -> str:
        if isinstance(part, Requirement):
            text, is_simple = requirement_sentence(part, self._name_of, self._phrases), True
        else:
            text, is_simple = self._joined(part)
            if part.window is not None:
                text, is_simple = self._phrases.within(part.window, text if is_simple else self._bracketed(text)), False
        if part.only_for:
            groups = [self._name_of(FactKind.GROUP_MEMBERSHIP, group) for group in part.only_for]
            return self._phrases.only_for(groups, text if is_simple else self._bracketed(text))
        return text if is_simple or not nested else self._bracketed(text)

    def _bracketed(self, text: str) -> str:
        return self._phrases.brackets(text)

    def _joined(self, group: Group) -> tuple[str, bool]:
        """(words, whether they can stand beside others without brackets)."""
        say = self._phrases
        if len(group.parts) == 1 and group.joiner != "not":
            return self.phrase(group.parts[0], nested=True), True
        parts = [self.phrase(part, nested=True) for part in group.required]
        if group.joiner == "not":
            return say.never(parts[0]), True
        if group.joiner == "credits":
            return say.credits(group.total, parts, [part.credits for part in group.required]), False
        if group.joiner == "at_least" and 1 < group.count < len(parts):
            return say.so_many(group.count, parts), False
        if group.joiner == "any" or (group.joiner == "at_least" and group.count == 1):
            return say.some(parts), False
        optional = [self.phrase(part, nested=True) for part in group.parts if part.optional]
        return say.every(parts, optional), False
