"""Whom to ask about at this reading. Moodle tells completion one learner at a time, some 0.1 s each.

Asked are those who were graded, or were in the course, since they were last asked about. A change without either (a
teacher resets an activity for somebody) is found when everybody is asked in turn: within a week, or within a few
readings where Moodle does not tell who was there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field

LEARNERS_A_READING = 200
# Where nothing tells who was in the course, so many are asked about in turn.
BLIND_TURN = 60
ROUND = 7 * 24 * 3600.0
# A grade may be stored a while after its own date.
OVERLAP = 600
PREFIX = "moodle:"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the last reading stopped; kept as the course's cursor. Times are epoch seconds of Moodle's clock.

    `since`: the newest sign of anybody (a grade, an access). `recent`: those whose sign is almost as new, with it.
    `pending` are still to be asked about. `after`: at whom the round of everybody stopped, and `turned_at`, when.
    `singly_until`: until then grades are asked for learner by learner: those of everybody are too much at once.
    """

    since: int = 0
    recent: Mapping[str, int] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    after: str = ""
    turned_at: int = 0
    singly_until: int = 0

    @classmethod
    def parse(cls, cursor: str) -> Progress:
        """From a cursor; a cursor of another source, or none, starts anew."""
        try:
            value = json.loads(cursor.removeprefix(PREFIX)) if cursor.startswith(PREFIX) else {}
            recent = {str(subject): int(sign) for subject, sign in value["recent"].items()}
            pending = tuple(str(subject) for subject in value["pending"])
            numbers = (int(value["turned_at"]), int(value.get("singly_until", 0)))
            return cls(int(value["since"]), recent, pending, str(value["after"]), *numbers)
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def text(self) -> str:
        return PREFIX + json.dumps(asdict(self))

    def moved(self, signs: Mapping[str, int]) -> frozenset[str]:
        """Whose sign is newer than any that was known, or new among the almost as new."""
        return frozenset(
            subject
            for subject, sign in signs.items()
            if sign > self.since or (sign > max(0, self.since - OVERLAP) and self.recent.get(subject) != sign)
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """`first` and then `turn` are to be asked about; `later` moved as well, and have to wait."""

    first: tuple[str, ...]
    turn: tuple[str, ...]
    later: tuple[str, ...] = ()

    @property
    def ask(self) -> tuple[str, ...]:
        return self.first + self.turn

    def carried_out(
        self, before: Progress, signs: Mapping[str, int], asked: Collection[str], now: int, unsettled: int
    ) -> Progress:
        """What to remember after `asked` were answered for; the others of the plan are due again, and so is whoever
        gave a sign in the last `unsettled` seconds: she may do more before Moodle notes the next."""
        since = max([before.since, *signs.values()])
        waiting = (*(subject for subject in self.first if subject not in asked), *self.later)
        recent = {
            subject: sign
            for subject, sign in signs.items()
            if sign > since - OVERLAP and not (subject in asked and sign > now - unsettled)
        }
        answered = [subject for subject in self.turn if subject in asked]
        turned_at = now if answered or not before.turned_at else before.turned_at
        return Progress(since, recent, waiting, [before.after, *answered][-1], turned_at, before.singly_until)


def plan(
    subjects: Iterable[str], before: Progress, moved: Collection[str], turn: int, limit: int = LEARNERS_A_READING
) -> Plan:
    """Those who wait, those who moved, and `turn` of the others in turn; `limit` in all. Pure."""
    everyone = sorted(set(subjects))
    here = set(everyone)
    waiting = [subject for subject in before.pending if subject in here]
    first = [*dict.fromkeys([*waiting, *(subject for subject in everyone if subject in moved)])]
    start = next((index for index, subject in enumerate(everyone) if subject > before.after), 0)
    rest = [subject for subject in everyone[start:] + everyone[:start] if subject not in first[:limit]]
    places = max(0, min(turn, limit - len(first)))
    return Plan(tuple(first[:limit]), tuple(rest[:places]), tuple(first[limit:]))


def turn_of(count: int, before: Progress, now: int, *, is_blind: bool) -> int:
    """How many of `count` learners are asked about in turn, so that everybody is within a round."""
    if is_blind:
        return BLIND_TURN
    return int(count * min(now - before.turned_at, ROUND) / ROUND) if before.turned_at else 0
