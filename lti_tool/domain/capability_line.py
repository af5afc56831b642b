"""One line of a platform's diagnosis, and what it is judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from lti_tool.domain.identity import Course
from lti_tool.domain.observation import Observation, Seen
from lti_tool.domain.platform import Registration

WORKS, NOT_TRIED, NOT_ON, FAILS = "Works", "Not seen yet", "Not switched on", "Fails"
NOT_OFFERED, LOOK = "Not offered", "Look here"


class Light(StrEnum):
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing the platform may be able to do. `word` says the light in words; `remedy` is empty on green only."""

    key: str
    title: str
    light: Light
    word: str
    unlocks: str
    detail: str = ""
    remedy: str = ""
    seen_at: datetime | None = None


class Reading(Protocol):
    """The part of a course's reading that shows a source at work."""

    @property
    def roster_read_at(self) -> datetime | None: ...
    @property
    def grades_read_at(self) -> datetime | None: ...


class Sender(Protocol):
    """The part of a sender's credential that shows it at work."""

    @property
    def source(self) -> str: ...
    @property
    def last_heard_at(self) -> datetime | None: ...
    @property
    def retired_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a platform. `scopes` are those granted at registration or named by a launch; the times are
    the newest of all its courses. `heard`: of each kind of source that has a credential which counts, when one of them
    was last heard. `silent_since`: when it was noticed that a sender should have been heard by then."""

    registration: Registration
    now: datetime
    seen: Mapping[Seen, Observation]
    scopes: frozenset[str]
    has_course: bool
    offers_roster: bool
    offers_line_items: bool
    roster_read_at: datetime | None
    grades_read_at: datetime | None
    heard: Mapping[str, datetime | None] = field(default_factory=dict)
    silent_since: datetime | None = None

    @classmethod
    def of(
        cls,
        registration: Registration,
        now: datetime,
        seen: Mapping[Seen, Observation],
        courses: Iterable[tuple[Course, Reading]],
        senders: Iterable[Sender] = (),
        silent_since: datetime | None = None,
    ) -> Evidence:
        held = list(courses)
        counting = [sender for sender in senders if sender.retired_at is None]
        return cls(
            registration=registration,
            now=now,
            seen=seen,
            scopes=frozenset(registration.service_scopes).union(*(course.service_scopes for course, _ in held)),
            has_course=bool(held),
            offers_roster=any(course.memberships_url for course, _ in held),
            offers_line_items=any(course.lineitems_url for course, _ in held),
            roster_read_at=_newest(reading.roster_read_at for _, reading in held),
            grades_read_at=_newest(reading.grades_read_at for _, reading in held),
            heard={
                kind: _newest(one.last_heard_at for one in counting if one.source == kind)
                for kind in {one.source for one in counting}
            },
            silent_since=silent_since,
        )

    def failed_since_launch(self, key: Seen) -> Observation | None:
        """A failure that no accepted launch has followed: what a launch got past is mended."""
        found, launched = self.seen.get(key), self.registration.last_launch_at
        if found is None or found.ok or (launched is not None and launched >= found.at):
            return None
        return found

    @property
    def trouble_light(self) -> Light:
        """How grave a refused launch is. Anybody can post one, so where launches worked before it is a hint only."""
        return Light.AMBER if self.registration.last_launch_at else Light.RED


def _newest(times: Iterable[datetime | None]) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
