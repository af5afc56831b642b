"""The rule as a file: saved for another course, and read from one. Reading fills in the form; nothing is stored."""

from __future__ import annotations

import json

from lti_tool.domain.criteria import CriteriaError, from_document, parse, to_document
from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.strict_json import read_json
from lti_tool.web.instructor.rule_form import RulePart, from_criteria, to_json

FILE_NAME = "badge-criteria.json"
MOST_BYTES = 256 * 1024
# Twelve groups, each an object with a list, and what a requirement carries.
MOST_LEVELS = 40


def written(rule: RulePart, schema_url: str) -> bytes:
    """The document of a rule that has no problem. Raises `criteria.*`."""
    document = {"$schema": schema_url} | to_document(parse(to_json(rule)))
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def taken(content: bytes) -> RulePart | str:
    """The rule of a file, or what is wrong with it, with the place in the tree. The whole file is checked first."""
    if not content:
        return "Choose a file first."
    if len(content) > MOST_BYTES:
        return "The file is larger than 256 KiB: it is no rule."
    try:
        return from_criteria(from_document(read_json(content, MOST_LEVELS), strict=True))
    except CriteriaError as error:
        place = f" (at {error.path})" if error.path else ""
        return f"{error.message}{place} {error.hint}".strip()
    except BadgeToolError:
        return "The file is not JSON."
