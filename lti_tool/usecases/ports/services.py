"""What the platform's services offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from lti_tool.domain.aliases import Alias
from lti_tool.domain.course_copy import Key
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity, Registration
from lti_tool.domain.reconciliation import Absence, Coverage


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a roster (NRPS 2.0). `status` is Active, Inactive or Deleted; `aliases` are her other names."""

    subject: str
    roles: tuple[str, ...]
    status: str = "Active"
    name: str = ""
    email: str = ""
    aliases: tuple[Alias, ...] = ()


class Roster(Protocol):
    def read(self, registration: Registration, course: Course) -> list[Member]:
        """All pages, or an error: half a roster is none. Raises BadgeToolError (`nrps.unavailable`, ...)."""
        ...


class Gradebook(Protocol):
    """The tool's own columns (AGS 2.0)."""

    def columns(self, registration: Registration, course: Course, *, resource_id: str) -> list[str]:
        """The URLs, as given, of the line items with this resource id and our tag, oldest first."""
        ...

    def make_column(self, registration: Registration, course: Course, *, resource_id: str, label: str) -> str:
        """Creates a line item out of 1 point, also where there is one already; gives its URL as given."""
        ...

    def remove_empty_column(self, registration: Registration, lineitem_url: str) -> bool:
        """Deletes it unless a score stands in it, or nobody may know; whether it is gone."""
        ...

    def rename_column(self, registration: Registration, lineitem_url: str, label: str) -> None: ...

    def post_score(
        self,
        registration: Registration,
        lineitem_url: str,
        *,
        subject: str,
        given: float | None,
        comment: str,
        at: datetime,
    ) -> None:
        """Raises BadgeToolError, with status 409 or 400 where the platform has something later."""
        ...

    def score_of(self, registration: Registration, lineitem_url: str, subject: str) -> float | None:
        """What stands there for a learner, as a part of the maximum; None for nothing."""
        ...


@dataclass(frozen=True, slots=True)
class CourseGroup:
    id: str
    name: str


class CourseGroups(Protocol):
    """Groups of a course, where its platform tells them over LTI."""

    def read(self, registration: Registration, course: Course, subject: str = "") -> list[CourseGroup]:
        """All of the course, or ("" for nobody) those that a learner is in."""
        ...


@dataclass(frozen=True, slots=True)
class CourseNews:
    """What one reading of a course brought.

    A source that tells what happened (a feed) gives `events` alone, from its cursor on. One that shows a state says in
    `states` of whom and of what it is complete, and what is not there (`absent`): the record is put right by it, and
    of the events only those are kept that the record does not hold yet. `mentioned` are the targets of which it spoke
    without telling anything usable: they are not deleted. `continues`: there is more to ask for soon. `stopped`: why it
    ended early; what it brought until then counts, and the next one goes on at its cursor. `lists_all`: what the course
    has is all among `activities`, so what was there before is no more. `history`: ids that things of a copied course
    had in the course it was copied from, by kind and id. `own`: targets that are gradebook columns of the tool's own
    badges: it writes there itself, so what changes in them was never missed and is no repair.
    """

    events: list[LearningEvent]
    activities: list[Activity] = field(default_factory=list)
    cursor: str = ""
    states: Sequence[Coverage] = ()
    absent: Sequence[Absence] = ()
    mentioned: frozenset[str] = frozenset()
    continues: bool = False
    stopped: BadgeToolError | None = None
    lists_all: bool = False
    history: Mapping[Key, Sequence[str]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()


class CourseSource(Protocol):
    """A source that is asked (event feed, Moodle web services, AGS results)."""

    name: str

    def serves(self, registration: Registration, course: Course) -> bool: ...
    def read(self, registration: Registration, course: Course, cursor: str, subjects: Sequence[str]) -> CourseNews: ...


class LearnerSource(CourseSource, Protocol):
    """A CourseSource that can be asked about one learner alone."""

    def read_learner(self, registration: Registration, course: Course, subject: str) -> CourseNews: ...


class ServiceTokens(Protocol):
    """Access tokens of the platform's services (client credentials)."""

    def get(self, registration: Registration, scopes: Sequence[str]) -> str: ...
    def forget(self, registration: Registration, scopes: Sequence[str], token: str) -> None:
        """Drops a token that a service refused, so that `get` brings another."""
        ...
