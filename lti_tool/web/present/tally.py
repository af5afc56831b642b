"""How many of which verdict, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.web.present.checked import KIND_WORDS
from lti_tool.web.present.verdict import VerdictKind


@dataclass(frozen=True, slots=True)
class Count:
    kind: VerdictKind
    words: str
    number: int


def tally(kinds: Iterable[VerdictKind]) -> list[Count]:
    """Every kind that occurs, the good ones first."""
    counted = Counter(kinds)
    return [Count(kind, words, counted[kind]) for kind, words in KIND_WORDS.items() if counted[kind]]
