"""The rule as rows of the editor: each condition with its fields, its list to choose from, its buttons and errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.web.instructor import part_fields
from lti_tool.web.instructor.choices import KINDS, MAIN_KINDS, Choice, Choices
from lti_tool.web.instructor.rule_check import Problem
from lti_tool.web.instructor.rule_edits import DEEPEST_GROUP, group_beside, path_of
from lti_tool.web.instructor.rule_form import GROUP, ROOT, RulePart

JOINER_WORDS = (
    Choice("all", "all"),
    Choice("at_least", "at least"),
    Choice("any", "any one"),
    Choice("credits", "credits of at least"),
    Choice("not", "not"),
)
UNIT_WORDS = (Choice("percent", "%"), Choice("points", "points"))
_GONE = "(not in the course any more)"


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field that is folded away. `options` of a list; `hint` "" for none."""

    name: str
    words: str
    control: str
    value: str
    options: tuple[Choice, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """A condition or a group. `number` as people count it ("2", or "2.1" inside the second group); "" for the whole.

    `errors`: message by the last word of the field's name ("target", "minimum", "count"; "" for the part itself).
    `moves`: the buttons that make sense here. `adds`: what can be added to a group. `is_weighed`: whether its credits
    count. `sections`: what else can be said of it, by heading.
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
    is_weighed: bool = False
    main_kinds: frozenset[str] = MAIN_KINDS
    sections: tuple[tuple[str, tuple[FieldRow, ...]], ...] = ()

    @property
    def main_adds(self) -> list[Choice]:
        return [kind for kind in self.adds if kind.value in self.main_kinds]

    @property
    def other_adds(self) -> list[Choice]:
        return [kind for kind in self.adds if kind.value not in self.main_kinds]

    @property
    def name(self) -> str:
        """What buttons call it: "condition 2", "group 1"."""
        if not self.number:
            return "the whole rule"
        return f"{'group' if self.part.is_group else 'condition'} {self.number}"


def rule_rows(rule: RulePart, choices: Choices, found: Iterable[Problem], root: str = ROOT) -> PartRow:
    """The whole rule, from its outermost group. `root`: what the names of its fields begin with."""
    errors = {problem.field: problem.message for problem in found}
    return _row(rule, rule, [], choices, errors, is_weighed=False, root=root)


def _row(
    rule: RulePart,
    part: RulePart,
    steps: list[int],
    choices: Choices,
    errors: dict[str, str],
    *,
    is_weighed: bool,
    root: str,
) -> PartRow:
    path = path_of(steps, root)
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
        parts=tuple(
            _row(rule, child, [*steps, place], choices, errors, is_weighed=part.joiner == "credits", root=root)
            for place, child in enumerate(part.parts)
        ),
        is_weighed=is_weighed,
        main_kinds=choices.main_kinds,
        sections=_sections(part, choices, is_root=not steps),
    )


def _sections(part: RulePart, choices: Choices, *, is_root: bool) -> tuple[tuple[str, tuple[FieldRow, ...]], ...]:
    values = dict(part.more)
    found: dict[str, list[FieldRow]] = {}
    for one in part_fields.fields_of(part.type):
        if is_root and one.name == "optional":
            continue
        options = tuple(Choice(value, words) for value, words in one.choices)
        if one.hint == part_fields.GROUPS:
            options = _groups(choices, values.get(one.name, ""))
            if len(options) == 1:
                continue
        hint = "" if one.hint == part_fields.GROUPS else one.hint
        row = FieldRow(one.name, one.words, one.control, values.get(one.name, ""), options, hint)
        found.setdefault(one.section, []).append(row)
    return tuple((section, tuple(rows)) for section, rows in found.items())


def _groups(choices: Choices, chosen: str) -> tuple[Choice, ...]:
    """Everybody, each group, and the groups that a rule from elsewhere names together."""
    listed = (Choice("", "Everybody"), *choices.groups)
    if any(one.value == chosen for one in listed):
        return listed
    names = {one.value: one.label for one in choices.groups}
    return (*listed, Choice(chosen, " or ".join(names.get(group, _GONE) for group in chosen.splitlines())))


def _fields(path: str) -> dict[str, str]:
    return {"": path} | {name: f"{path}.{name}" for name in ("target", "address", "minimum", "count")}


def _options(part: RulePart, choices: Choices) -> tuple[Choice, ...]:
    if part.type in ("external_fact", "evidence_approved"):
        return ()
    offered = choices.for_kind(part.type)
    if part.target and not part.is_from_elsewhere and not choices.offers(part.type, part.target):
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
