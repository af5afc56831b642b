"""User groups: who is in which, as one list tells it.

https://developerdocs.instructure.com/services/canvas/resources/groups (include[]=users, whose length is capped)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import structlog

from lti_tool.domain.canvas_ids import group_target
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity
from lti_tool.sources.canvas_rest.rows import Id, Row, read_rows
from lti_tool.sources.canvas_rest.statements import Statements
from lti_tool.sources.values import title

# As much as a reading should have to compare. A course of more groups gives each learner one of her own.
MOST_STATEMENTS = 100_000
log = structlog.get_logger(__name__)


class _User(Row):
    id: Id


class _Group(Row):
    """`users` None where Canvas left out what was asked for."""

    id: Id
    name: str | None = None
    members_count: int = 0
    users: list[Any] | None = None

    @property
    def target(self) -> str:
        return group_target(self.id)


def say_groups(rows: Iterable[Any], learners: Collection[int], say: Statements) -> list[Activity]:
    """Of each learner in which groups she is, and in which she is not; gives the groups. Of a group whose members are
    not all listed nothing is said of those who are missing."""
    groups = read_rows(_Group, rows)
    if len(groups) * len(learners) > MOST_STATEMENTS:
        log.warning("canvas.groups_too_many", groups=len(groups), learners=len(learners))
        return []
    told = [group for group in groups if group.users is not None]
    for group in told:
        _say_group(group, learners, say)
    return [Activity(group.target, "group", title(group.name) or group.target) for group in told]


def _say_group(group: _Group, learners: Collection[int], say: Statements) -> None:
    inside = {user.id for user in read_rows(_User, group.users or ())}
    is_whole = len(inside) >= group.members_count
    for learner in learners:
        if learner in inside or is_whole:
            say.say(learner, FactKind.GROUP_MEMBERSHIP, group.target, None, completed=learner in inside)
