"""From the bytes of a request to learning events: xAPI 1.0.3, part two; IEEE 9274.1.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.batch import Batch, Said, content_id, read_each
from lti_tool.sources.sender import Sender
from lti_tool.sources.strict_json import read_json
from lti_tool.sources.values import malformed
from lti_tool.sources.xapi.statement import Identity, read_statement

SOURCE = "xapi"
# A batch of 500 of Moodle's statements has about 1.2 MB.
MAX_BODY_BYTES = 2 * 1024 * 1024
MOST_STATEMENTS = 1000
# A list of statements with the contexts that Moodle writes is 10 deep; extensions may go further.
MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class Reading:
    """`ids` names each statement of the request in its order, whatever came of it; `is_list` as it was sent."""

    ids: list[str]
    batch: Batch
    is_list: bool


def parse(raw_body: bytes, sender: Sender, now: datetime, statement_id: str | None = None) -> Reading:
    """Reads a body that came from who it says. `statement_id` is the parameter of a PUT, which holds one statement.

    `now` is the time of statements that have none, in their order (part two, 2.4.7 and 2.4.8). Raises
    `event.malformed`, `event.duplicate_key` (400) and `event.too_large` (413);
    what single statements are refused for stands in the batch.
    """
    value = read_json(raw_body, MAX_DEPTH)
    is_list = isinstance(value, list)
    statements = value if is_list else [value]
    if len(statements) > MOST_STATEMENTS:
        raise BadgeToolError("event.too_large", f"{MOST_STATEMENTS} statements at most.", status=413)
    if statement_id is not None:
        if is_list or not isinstance(value, dict):
            raise malformed("A PUT holds one statement.")
        statements = [value | {"id": _same_id(statement_id, value.get("id"))}]
    identities = [_identity(index, statement, now) for index, statement in enumerate(statements)]

    def read(index: int, statement: Any) -> Said:
        return read_statement(statement, identities[index], sender, now)

    ids = [one.id for one in identities]
    return Reading(ids, read_each(statements, ids, read), is_list)


def _identity(index: int, statement: Any, now: datetime) -> Identity:
    """A statement without an id gets one that follows from its content."""
    given = statement.get("id") if isinstance(statement, dict) else None
    is_timed = isinstance(statement, dict) and statement.get("timestamp") is not None
    told = _uuid(given)
    return Identity(
        id=told or str(UUID(hex=content_id(statement, is_timed, now)[:32], version=5)),
        # A later one of a request is said later.
        received_at=now + timedelta(microseconds=index),
        is_timed=is_timed,
        is_id_wrong=given is not None and not told,
    )


def _same_id(parameter: str, told: Any) -> str:
    found = _uuid(parameter)
    if not found or (told is not None and _uuid(told) != found):
        raise malformed("The parameter statementId is not the statement's id.")
    return found


def _uuid(value: Any) -> str:
    """The id in its one spelling; "" for what is none."""
    if not isinstance(value, str) or len(value) != 36:
        return ""
    try:
        return str(UUID(value))
    except ValueError:
        return ""
