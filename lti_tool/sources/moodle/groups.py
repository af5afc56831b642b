"""core_group_get_course_groups and core_group_get_group_members: who is in which group, two calls for a course.

That a learner is in no such group is said as well: a part of a rule that is for others is left out for her.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from pydantic import Field, ValidationError

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind, LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.domain.reconciliation import named
from lti_tool.sources.moodle import statements
from lti_tool.sources.moodle.errors import unexpected

GROUPS = "core_group_get_course_groups"
MEMBERS = "core_group_get_group_members"
# As much as a reading should have to compare. A course of more groups gives each learner one of her own.
MOST_GROUPS, MOST_STATEMENTS = 200, 100_000
log = structlog.get_logger(__name__)


class _Group(statements.Row):
    id: int
    name: str = ""

    @property
    def target(self) -> str:
        """Groups, sections and activities are counted separately in Moodle."""
        return f"group-{self.id}"


class _Members(statements.Row):
    groupid: int
    userids: list[int] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Membership:
    """The groups of a course, and the user ids in each by the group's target. `is_told` False where Moodle could not
    answer just now, which is not the same as no groups."""

    groups: tuple[Activity, ...] = ()
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    is_told: bool = True

    def events(self, context_id: str, subjects: Sequence[str], at: datetime) -> list[LearningEvent]:
        """Of each learner and group whether she is in it, as of the reading: Moodle keeps no times that it tells."""
        if len(self.members) * len(subjects) > MOST_STATEMENTS:
            log.warning("moodle.groups_too_many", groups=len(self.groups), learners=len(subjects))
            return []
        return [
            named(
                LearningEvent(
                    event_id="unnamed",
                    source=statements.SOURCE,
                    context_id=context_id,
                    subject=subject,
                    kind=FactKind.GROUP_MEMBERSHIP,
                    target=group,
                    occurred_at=at,
                    completed=subject in inside,
                    is_timed=False,
                )
            )
            for group, inside in self.members.items()
            for subject in subjects
        ]


def read_membership(call: Callable[[str, Mapping[str, Any]], Any], course_id: str) -> Membership:
    """Asks by `call` (function, params). A token that may not ask is told of no groups; grades do not wait for it."""
    try:
        groups = _rows(_Group, call(GROUPS, {"courseid": course_id}))
        if len(groups) > MOST_GROUPS:
            log.warning("moodle.groups_too_many", groups=len(groups))
            return Membership()
        ids = [group.id for group in groups]
        members = _rows(_Members, call(MEMBERS, {"groupids": ids})) if ids else []
    except BadgeToolError as error:
        if getattr(error, "permanent", False):
            return Membership()  # the diagnosis says which functions the token may not call
        log.warning("moodle.groups_unread", code=error.code)
        return Membership(is_told=False)
    inside = {each.groupid: frozenset(map(str, each.userids)) for each in members}
    return Membership(
        tuple(Activity(one.target, "group", statements.plain(one.name) or one.target) for one in groups),
        {one.target: inside[one.id] for one in groups if one.id in inside},
    )


def _rows(model: type[statements.Row], payload: Any) -> list[Any]:
    if not isinstance(payload, list):
        raise unexpected()
    try:
        return [model.model_validate(row) for row in payload]
    except ValidationError:
        raise unexpected() from None
