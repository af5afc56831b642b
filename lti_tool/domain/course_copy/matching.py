"""Which activity of the new course is which of the old one.

Ids change with a copy, names mostly do not. What a platform says of ids counts first; then a name that is borne once in
either course; then the place among those that share a name. Everything else is for a person to say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_tool.domain.platform import Activity


class How(StrEnum):
    HISTORY = "history"
    NAME = "name"
    POSITION = "position"
    AMBIGUOUS = "ambiguous"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Match:
    """`target` is None where `how` is AMBIGUOUS (then `candidates` are more than one) or MISSING."""

    source: Activity
    how: How
    target: Activity | None = None
    candidates: tuple[Activity, ...] = ()


def match_activities(
    sources: Sequence[Activity], targets: Sequence[Activity], history: Mapping[tuple[str, str], Sequence[str]]
) -> dict[tuple[str, str], Match]:
    """By (kind, id) of the old course. Both courses in their own order; `history` gives ids from before by (kind, id)
    of the new one."""
    by_history = _by_history(targets, history)
    taken = {(one.kind, one.id) for one in by_history.values()}
    named: dict[tuple[str, str], list[Activity]] = defaultdict(list)
    for one in targets:
        if (one.kind, one.id) not in taken:
            named[_name(one)].append(one)
    bearers: dict[tuple[str, str], list[Activity]] = defaultdict(list)
    for one in sources:
        if (one.kind, one.id) not in by_history:
            bearers[_name(one)].append(one)
    found = {
        key: Match(one, How.HISTORY, by_history[key]) for one in sources if (key := (one.kind, one.id)) in by_history
    }
    for name, olds in bearers.items():
        found |= {(one.kind, one.id): match for one, match in zip(olds, _matched(olds, named[name]), strict=True)}
    return found


def _by_history(
    targets: Sequence[Activity], history: Mapping[tuple[str, str], Sequence[str]]
) -> dict[tuple[str, str], Activity]:
    """The new activity by (kind, id) of the old one; an id that two claim to have had tells nothing."""
    claims: dict[tuple[str, str], list[Activity]] = defaultdict(list)
    for one in targets:
        for before in dict.fromkeys(history.get((one.kind, one.id), ())):
            claims[one.kind, before].append(one)
    return {key: ones[0] for key, ones in claims.items() if len(ones) == 1}


def _matched(olds: Sequence[Activity], news: Sequence[Activity]) -> list[Match]:
    """Of activities of one name: the only one, or each by its place among as many; else they are ambiguous."""
    if not news:
        return [Match(old, How.MISSING) for old in olds]
    if len(olds) == len(news) and _name(olds[0])[1]:
        how = How.NAME if len(olds) == 1 else How.POSITION
        return [Match(old, how, new) for old, new in zip(olds, news, strict=True)]
    return [Match(old, How.AMBIGUOUS, None, tuple(news)) for old in olds]


def _name(activity: Activity) -> tuple[str, str]:
    return activity.kind, " ".join(activity.title.split()).casefold()
