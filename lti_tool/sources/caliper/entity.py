"""Entities of Caliper, whichever version wrote them.

1.0 writes "@id" and "@type" with addresses as types; 1.1 and 1.2 write "id" and "type" with words. Where an entity is
expected, its bare id may stand instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lti_tool.sources.values import mapping

_OLD = "http://purl.imsglobal.org/ctx/caliper/v1/"
_NEW = "http://purl.imsglobal.org/ctx/caliper/v1p"


def is_version_1_0(event: Mapping[str, Any]) -> bool:
    """By its context, else by the spelling of its type."""
    context = event.get("@context")
    if isinstance(context, str) and context.startswith((_OLD, _NEW)):
        return context.startswith(_OLD)
    return "@type" in event


def id_of(entity: Any) -> str:
    """An entity's address; "" where there is none."""
    if isinstance(entity, dict):
        entity = entity.get("id", entity.get("@id"))
    return entity if isinstance(entity, str) and len(entity) <= 2000 else ""


def type_of(entity: Any) -> str:
    """The last word of its type: "GradeEvent", "Person"; "" where there is none."""
    return _last_word(mapping(entity).get("type", mapping(entity).get("@type")))


def action_of(event: Mapping[str, Any]) -> str:
    return _last_word(event.get("action"))


def _last_word(term: Any) -> str:
    return re.split(r"[/#]", term)[-1] if isinstance(term, str) else ""
