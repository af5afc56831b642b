"""The kinds of requirements by their names in JSON, and which members each of them has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lti_tool.domain.fact_kind import FactKind

if TYPE_CHECKING:
    from lti_tool.domain.criteria.tree import Requirement


@dataclass(frozen=True, slots=True)
class LeafType:
    """`target` is the member that names what is meant, "" for what the course has one of. `asks` are the members of
    its own; `needs_value`: whether it must have a minimum or a letter."""

    name: str
    kind: FactKind
    target: str = ""
    asks: frozenset[str] = frozenset()
    needs_value: bool = False


_VALUE = frozenset({"minimum", "unit", "letter", "scale"})
_TYPES = (
    LeafType("item_score", FactKind.ITEM_SCORE, "item", _VALUE | {"take"}, needs_value=True),
    LeafType("item_completed", FactKind.ITEM_COMPLETION, "item"),
    LeafType("item_submitted", FactKind.ITEM_SUBMISSION, "item", frozenset({"on_time"})),
    LeafType("module_completed", FactKind.MODULE_COMPLETION, "module"),
    LeafType("module_share", FactKind.MODULE_COMPLETION, "module", frozenset({"minimum", "items"}), needs_value=True),
    LeafType("course_grade", FactKind.COURSE_GRADE, "", _VALUE | {"grade", "overrides"}, needs_value=True),
    LeafType("course_completed", FactKind.COURSE_COMPLETION),
    LeafType("outcome_mastered", FactKind.OUTCOME_MASTERY, "outcome", _VALUE),
    LeafType("badge_held", FactKind.BADGE_HELD, "achievement"),
    LeafType("external_fact", FactKind.EXTERNAL_FACT, "fact", _VALUE),
    LeafType("evidence_approved", FactKind.EVIDENCE_REVIEW, "", frozenset({"evidence", "rubric", "minimum"})),
    LeafType("manual_approval", FactKind.MANUAL_APPROVAL),
)
LEAF_TYPES = {leaf.name: leaf for leaf in _TYPES}
TARGET_FIELD = {leaf.kind: leaf.target for leaf in _TYPES if leaf.target}
_OF_KIND = {leaf.kind: leaf for leaf in _TYPES if leaf.name != "module_share"}

# Members that any requirement may have, and any part of the tree.
LEAF_MEMBERS = frozenset({"skill"})
PART_MEMBERS = frozenset({"type", "optional", "only_for", "credits", "window"})


def type_of(leaf: Requirement) -> LeafType:
    """The type of a requirement."""
    return LEAF_TYPES["module_share"] if leaf.items else _OF_KIND[leaf.kind]
