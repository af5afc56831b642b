"""AGS 2.0 line items of others as activities that rules can name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.platform import Activity
from lti_tool.sources.values import identifier, number, title

log = structlog.get_logger(__name__)


def parse_columns(rows: Iterable[Mapping[str, Any]]) -> list[Activity]:
    """Items by the address of their column. What cannot be kept or asked for is left out and logged."""
    found: dict[str, Activity] = {}
    for row in rows:
        try:
            id_ = identifier(row.get("id"), "A column's address")
            maximum = number(row.get("scoreMaximum"))
        except BadgeToolError as error:
            log.warning("results.column_skipped", code=error.code)
            continue
        found[id_] = Activity(id_, "item", title(row.get("label")) or id_, maximum if maximum > 0 else None)
    return list(found.values())
