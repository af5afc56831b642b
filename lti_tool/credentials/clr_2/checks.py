"""What a record must be, before its signature and when it is read."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from lti_tool.credentials.clr_2.build import build_record
from lti_tool.credentials.json_text import MAX_JSON_BYTES, dump
from lti_tool.credentials.linked_data.limits import require_harmless
from lti_tool.domain.attestation import RecordClaim
from lti_tool.domain.errors import BadgeToolError

if TYPE_CHECKING:
    import jsonschema_rs

_ROOM_FOR_PROOF = 1024


@cache
def _validator() -> jsonschema_rs.Draft201909Validator:
    import jsonschema_rs

    own, badges = (
        json.loads(files("lti_tool.credentials.schemas").joinpath(f"{name}.strict.json").read_text("utf-8"))
        for name in ("clr_credential", "achievement_credential")
    )
    own["$defs"] = {**badges["$defs"], **own["$defs"]}
    return jsonschema_rs.Draft201909Validator(own, validate_formats=True)


def record_problem(document: dict[str, Any]) -> str | None:
    """Where the document breaks the strict schema, as a path; None where it keeps it."""
    validator = _validator()
    if validator.is_valid(document):
        return None
    error = next(iter(validator.iter_errors(document)))
    return ".".join(str(step) for step in error.instance_path) or "the whole document"


def record_fits(claim: RecordClaim) -> bool:
    """Whether its badges are few and small enough for one record."""
    try:
        _require_bounded(build_record(claim))
    except BadgeToolError as error:
        if error.code != "credential.too_complex":
            raise
        return False
    return True


def require_record(document: dict[str, Any]) -> None:
    """Refuse an unsigned record that a verifier could refuse.

    Raises BadgeToolError ``credential.schema``, ``credential.not_compact`` or, for too many badges,
    ``credential.too_complex``.
    """
    _require_bounded(document)
    where = record_problem(document)
    if where is not None:
        raise BadgeToolError("credential.schema", f"The record breaks the CLR schema at {where}.", status=500)


def _require_bounded(document: dict[str, Any]) -> None:
    require_harmless(document)
    if len(dump(document).encode()) > MAX_JSON_BYTES - _ROOM_FOR_PROOF:
        raise BadgeToolError("credential.too_complex", "The credentials in the record are too much for one record.")
