"""What a copied course's activities were before: Canvas keeps for each copy which id became which.

https://developerdocs.instructure.com/services/canvas/resources/content_migrations (asset_id_mapping)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lti_tool.domain import canvas_ids
from lti_tool.domain.course_copy import Key
from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.canvas_rest import errors
from lti_tool.sources.canvas_rest.rows import Id, Row, read_rows

# A course that was copied into, or that is kept like a blueprint; of other imports Canvas has no map.
_COPIES = frozenset({"course_copy_importer", "master_course_import"})
MOST_COPIES = 10
# As they are called in addresses of the API. A graded quiz is known by its assignment.
_KINDS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "assignments": ("item", canvas_ids.assignment_target),
    "module_items": ("item", canvas_ids.module_item_target),
    "modules": ("module", canvas_ids.module_target),
}


class _Migration(Row):
    id: Id
    migration_type: str = ""
    workflow_state: str = ""


def copies_in(rows: Iterable[Any]) -> list[int]:
    """The numbers of the copies that are done, the newest first."""
    found = read_rows(_Migration, rows)
    done = [one.id for one in found if one.workflow_state == "completed" and one.migration_type in _COPIES]
    return sorted(done, reverse=True)[:MOST_COPIES]


def history_of(mapping: Any) -> dict[Key, str]:
    """Of what is in this course, by (kind, id), what it was in the other. Raises `canvas.unexpected`."""
    if not isinstance(mapping, dict):
        raise errors.unexpected()
    found: dict[Key, str] = {}
    for name, (kind, target) in _KINDS.items():
        ids = mapping.get(name) or {}
        for old, new in ids.items() if isinstance(ids, dict) else ():
            try:
                found[kind, target(new)] = target(old)
            except BadgeToolError:
                continue
    return found
