"""Criteria as they are stored, exported and imported: the tree with the version of the language it is written in."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from lti_tool.domain.criteria.errors import CriteriaError
from lti_tool.domain.criteria.reading import parse
from lti_tool.domain.criteria.tree import Criteria
from lti_tool.domain.criteria.writing import to_json

# Version 1 was the tree alone, without a word about its version. Every tree of it is one of version 2.
VERSION = 2
SCHEMA_ID = "urn:lti-badges:schema:criteria:2"


def to_document(criteria: Criteria) -> dict[str, Any]:
    """The JSON that is stored or written to a file."""
    return {"version": VERSION, "criteria": to_json(criteria)}


def from_document(value: Any, *, strict: bool = False) -> Criteria:
    """Reads a document of any version up to this one. Raises `criteria.*`; paths begin at the tree."""
    if not isinstance(value, dict) or "type" in value:
        return parse(value, strict=strict)
    version = value.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= VERSION:
        raise CriteriaError(
            "criteria.version_unknown",
            "The rule is written in a version that is not known here.",
            hint=f"This version of LTI Badges reads criteria up to version {VERSION}.",
        )
    others = sorted(name for name in value if name not in ("$schema", "version", "criteria"))
    if strict and others:
        raise CriteriaError("criteria.invalid", f"“{str(others[0])[:40]}” means nothing here.")
    return parse(value.get("criteria"), strict=strict)


def schema_text() -> str:
    """The JSON Schema (2020-12) of the document."""
    return files(__package__).joinpath("schema.json").read_text("utf-8")
