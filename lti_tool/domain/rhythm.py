"""How often a sender is usually heard, hour by hour of the week, and when its silence is longer than that explains.

Schools sleep at night, at weekends and in holidays: a fixed limit would cry every evening, or never. What counts is the
quietest of the last weeks at the same hour. Only a silence in which even that week had told several things is one that
the sender's own history does not explain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
WEEKS = 4
# Things told within these seconds count once: thirty submissions of one class are one sign of life.
GRAIN = timedelta(seconds=10)
# As many things, at the least, must the quietest week have told in the meantime.
EXPECTED = 6.0
SHORTEST_SILENCE = timedelta(minutes=10)
# Where an hour of the week is not known well, the same hour of other days stands in for it, if so many are known.
ENOUGH_WEEKS, ENOUGH_DAYS = 2, 3
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`counts`: things told in an hour, by hour of the week (0 is Monday from midnight, UTC), of the last weeks, the
    newest last. `count` is that of the hour that began at `hour_at`. `listening_since`: the sender's last sign of life,
    or since when we listen again. `silent_since`: when a silence was found that nothing explains.
    """

    first_at: datetime
    heard_at: datetime
    listening_since: datetime
    hour_at: datetime
    count: int = 0
    counts: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    silent_since: datetime | None = None

    @classmethod
    def begun(cls, at: datetime) -> Rhythm:
        return cls(at, at, at, _hour(at), 1)

    def heard(self, at: datetime) -> Rhythm:
        """With a sign of life at that time. The hours of a silence that nothing explained are not learnt."""
        if at < self.heard_at:
            return self
        learnt = self.resumed(at) if self.silent_since else self._until(_hour(at))
        return replace(learnt, heard_at=at, listening_since=at, count=learnt.count + 1, silent_since=None)

    def resumed(self, at: datetime) -> Rhythm:
        """We did not listen until now: what was not heard says nothing."""
        return replace(self, listening_since=at, hour_at=_hour(at), count=0)

    def fell_silent(self, at: datetime) -> Rhythm:
        return self if self.silent_since else replace(self, silent_since=at)

    def expected(self, until: datetime) -> float:
        """How much even the quietest of the last weeks told in as long a time."""
        told, at = 0.0, self.listening_since
        while at < until:
            ends = min(_hour(at) + HOUR, until)
            told += self.least(at) * ((ends - at) / HOUR)
            at = ends
        return told

    def is_unexplained(self, now: datetime) -> bool:
        return now - self.listening_since >= SHORTEST_SILENCE and self.expected(now) >= EXPECTED

    def least(self, at: datetime) -> int:
        """The fewest things told in that hour of the week; 0 where too little is known of it."""
        known = self.counts.get(_hour_of_week(at), ())
        if len(known) < ENOUGH_WEEKS:
            alike = [day * 24 + at.hour for day in range(7) if (day >= _SATURDAY) == (at.weekday() >= _SATURDAY)]
            known = tuple(count for hour in alike for count in self.counts.get(hour, ()))
            return min(known) if len(known) >= ENOUGH_DAYS else 0
        return min(known)

    def _until(self, hour_at: datetime) -> Rhythm:
        """With all hours before that one learnt, those in which nothing was heard too."""
        hours = int((hour_at - self.hour_at) / HOUR)
        if hours <= 0:
            return self
        counts = dict(self.counts)
        for number in range(min(hours, WEEKS * 7 * 24)):
            at = self.hour_at + number * HOUR
            place = _hour_of_week(at)
            counts[place] = (*counts.get(place, ()), self.count if number == 0 else 0)[-WEEKS:]
        return replace(self, hour_at=hour_at, count=0, counts=counts)


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _hour_of_week(at: datetime) -> int:
    return at.weekday() * 24 + at.hour
