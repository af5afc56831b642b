"""The criteria language: what a badge takes, as a tree of groups over requirements.

Written as JSON::

    {"type": "all", "parts": [
        {"type": "item_score", "item": "quiz-1", "minimum": 80, "unit": "percent"},
        {"type": "module_completed", "module": "module-1"}]}

docs/reference/criteria.md tells all of it, schema.json describes it for programs.
"""

from lti_tool.domain.criteria.documents import SCHEMA_ID, VERSION, from_document, schema_text, to_document
from lti_tool.domain.criteria.errors import CriteriaError
from lti_tool.domain.criteria.leaf_types import LEAF_TYPES, TARGET_FIELD, LeafType, type_of
from lti_tool.domain.criteria.parts import Skill, SkillKind, Window
from lti_tool.domain.criteria.reading import parse
from lti_tool.domain.criteria.rubric import RubricLevel, RubricRow
from lti_tool.domain.criteria.tree import (
    HIGHEST_MINIMUM,
    MAX_DEPTH,
    MAX_PARTS,
    Criteria,
    Group,
    Requirement,
    nodes,
    requirements,
)
from lti_tool.domain.criteria.writing import to_json

__all__ = [
    "HIGHEST_MINIMUM",
    "LEAF_TYPES",
    "MAX_DEPTH",
    "MAX_PARTS",
    "SCHEMA_ID",
    "TARGET_FIELD",
    "VERSION",
    "Criteria",
    "CriteriaError",
    "Group",
    "LeafType",
    "Requirement",
    "RubricLevel",
    "RubricRow",
    "Skill",
    "SkillKind",
    "Window",
    "from_document",
    "nodes",
    "parse",
    "requirements",
    "schema_text",
    "to_document",
    "to_json",
    "type_of",
]
