"""The JSON Schemas of the AchievementCredential, bundled (schemas/SOURCES.md) and compiled once: the strict one, and
that of JSON-LD."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Three MiB for those who sign or verify; a process that does neither does without.
    import jsonschema_rs


@cache
def _validator() -> jsonschema_rs.Draft201909Validator:
    return _compiled(_schema())


@cache
def _endorsements() -> jsonschema_rs.Draft201909Validator:
    schema = _schema()
    return _compiled({**schema["$defs"]["EndorsementCredential"], "$defs": schema["$defs"]})


def _compiled(schema: dict[str, Any]) -> jsonschema_rs.Draft201909Validator:
    import jsonschema_rs

    # Draft 2019-09 treats formats as remarks unless told otherwise; a time without a zone must not pass.
    return jsonschema_rs.Draft201909Validator(schema, validate_formats=True)


@cache
def _relaxed() -> jsonschema_rs.Draft201909Validator:
    return _compiled(_schema("achievement_credential.relaxed.json"))


def _schema(name: str = "achievement_credential.strict.json") -> dict[str, Any]:
    text = files("lti_tool.credentials.schemas").joinpath(name).read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def keeps_relaxed_schema(document: dict[str, Any]) -> bool:
    """Whether the document keeps the schema of JSON-LD, in which one value may stand for a list of it."""
    return _relaxed().is_valid(document)


def schema_problem(document: dict[str, Any]) -> str | None:
    """Where the document breaks the strict schema, as a path such as ``issuer.image``; None where it keeps it."""
    return _problem(_validator(), document)


def endorsement_problem(document: dict[str, Any]) -> str | None:
    """The same for an EndorsementCredential, which that schema defines for what stands inside a badge."""
    return _problem(_endorsements(), document)


def _problem(validator: jsonschema_rs.Draft201909Validator, document: dict[str, Any]) -> str | None:
    if validator.is_valid(document):
        return None
    error = next(iter(validator.iter_errors(document)))
    return ".".join(str(step) for step in error.instance_path) or "the whole document"
