"""Where the last reading of a course stopped, and what this one has to ask for. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

PREFIX = "canvas:"
# A submission may be committed after one with a later time, and Canvas's clocks differ.
OVERLAP = timedelta(minutes=10)
# What moves without a new grade (grades that are posted or hidden again, points, excuses) is seen by a full reading
# only. Of a course whose grades fit into as many pages a full one costs no more than the two questions for what is new.
CHEAP_PAGES = 2
# What was given long before a reading was read by it, however many grades bear the same moment: two clocks are hardly
# ever further apart.
SEEN_AFTER = timedelta(hours=1)
FULL_EVERY = timedelta(hours=6)
LEARNERS_A_READING = 60
COPIES_EVERY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Progress:
    """Kept as the course's cursor. `since`: up to when grades are known, by Canvas's clock; `full_at`, `pages`: when
    the last full reading of submissions ended and how many pages it had; `resume`: the page at which one was
    interrupted; `counts`: "met/required" of each learner whose modules were read, by Canvas's number;
    `copies_at`: when it was last asked what was copied into the course."""

    since: datetime | None = None
    full_at: datetime | None = None
    pages: int = 0
    resume: str = ""
    counts: Mapping[str, str] = field(default_factory=dict)
    copies_at: datetime | None = None

    @classmethod
    def parse(cls, cursor: str) -> Progress:
        """From a cursor; one that is none of ours starts anew."""
        try:
            value = json.loads(cursor.removeprefix(PREFIX)) if cursor.startswith(PREFIX) else {}
            return cls(
                _moment(value.get("since")),
                _moment(value.get("full_at")),
                int(value.get("pages", 0)),
                str(value.get("resume", "")),
                {str(learner): str(count) for learner, count in value.get("counts", {}).items()},
                _moment(value.get("copies_at")),
            )
        except (ValueError, TypeError, AttributeError):
            return cls()

    def text(self) -> str:
        return PREFIX + json.dumps(
            {
                "since": self.since.isoformat() if self.since else None,
                "full_at": self.full_at.isoformat() if self.full_at else None,
                "pages": self.pages,
                "resume": self.resume,
                "counts": dict(self.counts),
                "copies_at": self.copies_at.isoformat() if self.copies_at else None,
            }
        )

    def are_copies_due(self, now: datetime) -> bool:
        return self.copies_at is None or now - self.copies_at >= COPIES_EVERY

    def is_full_due(self, now: datetime) -> bool:
        """Whether all submissions are to be read, or only what is new."""
        if self.resume or self.since is None or self.full_at is None or self.pages <= CHEAP_PAGES:
            return True
        return now - self.full_at >= FULL_EVERY


def known_until(newest: datetime | None, read_at: datetime) -> datetime:
    """Up to when a reading that ended well knows the grades; `newest` is the newest that it met."""
    seen = read_at - SEEN_AFTER
    return min(max(newest, seen), read_at) if newest else seen


def newer_of(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def since_text(moment: datetime) -> str:
    """With the overlap, as Canvas reads it."""
    return (moment - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(value: object) -> datetime | None:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment
