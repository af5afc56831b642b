"""The rule as rows of the editor: each condition with its fields, its list to choose from, its buttons and errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.web.instructor.choices import KINDS, Choice, Choices
from lti_tool.web.instructor.rule_check import Problem
from lti_tool.web.instructor.rule_edits import DEEPEST_GROUP, group_beside, path_of
from lti_tool.web.instructor.rule_form import GROUP, RulePart

JOINER_WORDS = (Choice("all", "all"), Choice("at_least", "at least"), Choice("any", "any one"))
UNIT_WORDS = (Choice("percent", "%"), Choice("points", "points"))
_GONE = "(not in the course any more)"


@dataclass(frozen=True, slots=True)
class PartRow:
    """A condition or a group. `number` as people count it ("2", or "2.1" inside the second group); "" for the whole.

    `errors`: message by the last word of the field's name ("target", "minimum", "count"; "" for the part itself).
    `moves`: the buttons that make sense here. `adds`: what can be added to a group.
    """

    path: str
    number: str
    part: RulePart
    words: str
    options: tuple[Choice, ...]
    errors: dict[str, str]
    moves: tuple[str, ...]
    adds: tuple[Choice, ...]
    parts: tuple[PartRow, ...]

    @property
    def name(self) -> str:
        """What buttons call it: "condition 2", "group 1"."""
        return f"{'group' if self.part.is_group else 'condition'} {self.number}"


def rule_rows(rule: RulePart, choices: Choices, found: Iterable[Problem]) -> PartRow:
    """The whole rule, from its outermost group."""
    errors = {problem.field: problem.message for problem in found}
    return _row(rule, rule, [], choices, errors)


def _row(rule: RulePart, part: RulePart, steps: list[int], choices: Choices, errors: dict[str, str]) -> PartRow:
    path = path_of(steps)
    own = {name: errors[field] for name, field in _fields(path).items() if field in errors}
    return PartRow(
        path=path,
        number=".".join(str(step + 1) for step in steps),
        part=part,
        words=KINDS[part.type],
        options=_options(part, choices),
        errors=own,
        moves=_moves(rule, part, steps),
        adds=_adds(choices, len(steps)) if part.is_group else (),
        parts=tuple(_row(rule, child, [*steps, place], choices, errors) for place, child in enumerate(part.parts)),
    )


def _fields(path: str) -> dict[str, str]:
    return {"": path} | {name: f"{path}.{name}" for name in ("target", "minimum", "count")}


def _options(part: RulePart, choices: Choices) -> tuple[Choice, ...]:
    offered = choices.for_kind(part.type)
    if part.target and not choices.offers(part.type, part.target):
        return (*offered, Choice(part.target, _GONE))
    return offered


def _adds(choices: Choices, depth: int) -> tuple[Choice, ...]:
    return tuple(kind for kind in choices.kinds() if kind.value != GROUP or depth < DEEPEST_GROUP)


def _moves(rule: RulePart, part: RulePart, steps: list[int]) -> tuple[str, ...]:
    if not steps:
        return ()
    around = rule
    for step in steps[:-1]:
        around = around.parts[step]
    possible = {
        "up": steps[-1] > 0,
        "down": steps[-1] + 1 < len(around.parts),
        "into": not part.is_group and group_beside(rule, steps) is not None,
        "out": len(steps) > 1,
    }
    return tuple(move for move, makes_sense in possible.items() if makes_sense)
