"""What is wrong with a rule as it stands in the form, said beside the field that has to change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lti_tool.domain import criteria
from lti_tool.domain.criteria import LEAF_TYPES, CriteriaError
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.sentence import number
from lti_tool.lti.urls import web_address
from lti_tool.web.instructor.choices import Choices
from lti_tool.web.instructor.rule_form import ROOT, RulePart, minimum_of, to_json

_CHOOSE = {
    FactKind.ITEM_SCORE: "Choose the activity.",
    FactKind.ITEM_COMPLETION: "Choose the activity.",
    FactKind.MODULE_COMPLETION: "Choose the module.",
    FactKind.ITEM_SUBMISSION: "Choose the activity.",
    FactKind.BADGE_HELD: "Choose the badge.",
    FactKind.OUTCOME_MASTERY: "Choose the outcome.",
    FactKind.EXTERNAL_FACT: "Give the name by which it is told, such as attendance.",
    FactKind.EVIDENCE_REVIEW: "Name what the learner hands in, such as portfolio.",
}
_NAMED_FREELY = frozenset({"external_fact", "evidence_approved"})


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` is the name of the form's field ("rule.0.minimum"); it is also the id of what the summary links to."""

    field: str
    message: str

    @property
    def place(self) -> str:
        """Which condition it is about ("Condition 2.1"), as the page counts them; "" for none."""
        steps = [int(step) + 1 for step in self.field.split(".") if step.isdigit()]
        return f"Condition {'.'.join(map(str, steps))}" if steps else ""


def problems(rule: RulePart, choices: Choices, path: str = ROOT) -> list[Problem]:
    """Everything that keeps the rule from counting, in reading order; empty for a rule that can be published."""
    found = list(_of_group(rule, choices, path))
    return found or list(_of_the_language(rule, path))


def _of_the_language(rule: RulePart, path: str) -> Iterator[Problem]:
    """What the domain has against it, at the part that it names."""
    try:
        criteria.parse(to_json(rule))
    except CriteriaError as error:
        steps = error.path.split("/")[2::2]
        yield Problem(".".join([path, *steps]), f"{error.message} {error.hint}".strip())


def _of_group(group: RulePart, choices: Choices, path: str) -> Iterator[Problem]:
    count = len(group.parts)
    if not count:
        message = "Add what a learner must do." if path == ROOT else "Add a condition to this group, or remove it."
        yield Problem(path, message)
    elif group.joiner == "at_least" and not 1 <= _whole(group.count) <= count:
        yield Problem(f"{path}.count", f"Ask for at least 1 and at most {count} of these {count}.")
    elif group.joiner == "not" and count != 1:
        yield Problem(path, "“Not” has one condition; put several into a group.")
    for index, part in enumerate(group.parts):
        below = f"{path}.{index}"
        if part.is_group:
            yield from _of_group(part, choices, below)
        else:
            yield from _of_condition(part, choices, below)


def _of_condition(part: RulePart, choices: Choices, path: str) -> Iterator[Problem]:
    kind = LEAF_TYPES[part.type].kind
    if part.type in choices.left_out:
        yield Problem(path, "This cannot be asked for here. Remove it.")
    if part.needs_target and not part.target:
        yield Problem(f"{path}.target", _CHOOSE[kind])
    elif part.type in _NAMED_FREELY:
        pass
    elif part.is_from_elsewhere:
        if not part.target.startswith("urn:") and web_address(part.target) is None:
            yield Problem(f"{path}.address", "Give the whole address of the badge, as in https://example.org/badges/7.")
    elif part.needs_target and not choices.offers(part.type, part.target):
        yield Problem(f"{path}.target", "The course does not have this any more. Choose another one.")
    if part.has_minimum and not part.asks_letter and (part.is_scored or part.minimum):
        message = _of_minimum(part, choices)
        if message:
            yield Problem(f"{path}.minimum", message)


def _of_minimum(part: RulePart, choices: Choices) -> str:
    minimum = minimum_of(part)
    if minimum is None:
        return "Give the minimum as a number, such as 80."
    try:
        # The domain says what a minimum may be; of which activity does not matter to that.
        criteria.parse({"type": "item_score", "item": "any", "minimum": minimum, "unit": part.unit})
    except BadgeToolError as error:
        return error.message
    maximum = choices.maximum(part.target) if part.unit == "points" and part.needs_target else None
    if maximum is not None and minimum > maximum:
        return f"Nobody can reach {number(minimum)}: the activity has {number(maximum)} points."
    return ""


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
