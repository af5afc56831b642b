"""What learners completed: whose requirements moved, and the state of each module of one learner."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lti_tool.domain.learning_event import FactKind
from lti_tool.sources.canvas_rest.rows import Id, Row, Time, read_rows
from lti_tool.sources.canvas_rest.statements import Statements
from lti_tool.sources.canvas_rest.structure import Module, Structure, read_modules

COMPLETED = "completed"


class _Progress(Row):
    """Counts of the whole course; all None where Canvas has no progress to tell (no modules, no learner any more)."""

    requirement_count: int | None = None
    requirement_completed_count: int | None = None
    completed_at: Time | None = None


class _OfLearner(Row):
    id: Id
    progress: _Progress


def say_progress(rows: Iterable[Any], learners: Collection[int], say: Statements) -> dict[str, str]:
    """Says who completed the course; gives "met/required" by the learner's number, to see later whose moved."""
    counts: dict[str, str] = {}
    for row in read_rows(_OfLearner, rows):
        met, required = row.progress.requirement_completed_count, row.progress.requirement_count
        if row.id not in learners or not required or met is None:
            continue
        counts[str(row.id)] = f"{met}/{required}"
        at = row.progress.completed_at
        say.say(row.id, FactKind.COURSE_COMPLETION, "", at, completed=at is not None and met >= required)
    return counts


def moved(counts: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """Learners whose counts are others than when their modules were last read; who never did anything is no news."""
    return [learner for learner, count in counts.items() if known.get(learner, _nothing(count)) != count]


def _nothing(count: str) -> str:
    return f"0/{count.partition('/')[2]}"


def say_modules(rows: Iterable[Any], user_id: int, structure: Structure, say: Statements) -> None:
    """The state of each module of one learner, and of each item that has to be done with."""
    for module in read_modules(rows):
        if module.published:
            _say_module(module, user_id, structure, say)


def _say_module(module: Module, user_id: int, structure: Structure, say: Statements) -> None:
    if module.can_be_completed and module.state is not None:
        complete = module.state == COMPLETED
        at = module.completed_at if complete else None
        say.say(user_id, FactKind.MODULE_COMPLETION, module.target, at, completed=complete)
    done: dict[str, bool] = {}
    for item in module.items or ():
        if item.completion_requirement is not None and item.completion_requirement.completed is not None:
            target = structure.target_of(item)
            done[target] = done.get(target, True) and item.completion_requirement.completed
    for target, complete in done.items():
        say.say(user_id, FactKind.ITEM_COMPLETION, target, None, completed=complete)
