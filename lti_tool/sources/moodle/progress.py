"""Whom to ask about at this reading. Moodle tells completion one learner at a time, some 0.1 s each.

Learners whose grades moved come first; the others take turns, so that a completion without a grade (a page viewed, a
box ticked) is found within a few readings, and no reading of a large course takes minutes.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

LEARNERS_A_READING = 60
PREFIX = "moodle:"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the last reading stopped. `since`: newest grade it knew (epoch seconds of Moodle's clock); `after`: the
    learner at whom the round stopped. Kept as the course's cursor.
    """

    since: int = 0
    after: str = ""

    @classmethod
    def parse(cls, cursor: str) -> Progress:
        """From a cursor; a cursor of another source, or none, starts anew."""
        try:
            value = json.loads(cursor.removeprefix(PREFIX)) if cursor.startswith(PREFIX) else {}
            return cls(int(value["since"]), str(value["after"]))
        except (ValueError, KeyError, TypeError):
            return cls()

    def text(self) -> str:
        return PREFIX + json.dumps({"since": self.since, "after": self.after})


@dataclass(frozen=True, slots=True)
class Plan:
    """`first` and then `turn` are to be asked about."""

    first: tuple[str, ...]
    turn: tuple[str, ...]

    @property
    def ask(self) -> tuple[str, ...]:
        return self.first + self.turn

    def carried_out(self, before: Progress, newest: int, asked: Collection[str]) -> Progress:
        """What to remember after `asked` were answered for; the others of the plan are due again.

        `newest` is the newest grade of this reading (epoch seconds).
        """
        finished = set(self.first) <= set(asked)
        answered = [subject for subject in self.turn if subject in asked]
        return Progress(max(before.since, newest) if finished else before.since, [before.after, *answered][-1])


def moved_since(dates: Mapping[str, int], since: int) -> frozenset[str]:
    """Learners whose newest grade is newer than any that was known. `dates` and `since` in epoch seconds."""
    return frozenset(subject for subject, date in dates.items() if date > since)


def plan(subjects: Iterable[str], moved: Collection[str], after: str, limit: int = LEARNERS_A_READING) -> Plan:
    """Those who moved, then the others in turn from `after` on, `limit` in all. Pure.

    Where more moved than can be asked about, everybody takes turns: else those at the end would never be heard.
    """
    everyone = sorted(set(subjects))
    start = next((index for index, subject in enumerate(everyone) if subject > after), 0)
    turn = everyone[start:] + everyone[:start]
    first = [subject for subject in turn if subject in moved]
    if len(first) > limit:
        return Plan((), tuple(turn[:limit]))
    rest = [subject for subject in turn if subject not in moved]
    return Plan(tuple(first), tuple(rest[: limit - len(first)]))
