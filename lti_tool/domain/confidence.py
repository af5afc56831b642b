"""How far what is known of a requirement can be relied on: complete, perhaps out of date, or not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti_tool.domain.evaluation import Outcome, Reason


class Confidence(StrEnum):
    COMPLETE = "complete"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SourceAge:
    """Of one source in one course: `as_of` is when it was last heard or read as a whole, `is_stale` whether it has been
    silent or failing for longer than its own rhythm explains, and nobody else was read since."""

    as_of: datetime | None = None
    is_stale: bool = False


Ages = Mapping[str, SourceAge]


def confidence(leaf: Reason, ages: Ages) -> tuple[Confidence, datetime | None]:
    """Of one requirement, and as of when. What this tool states itself, or somebody uploaded, has no source that could
    fall silent: it is as of when it was said."""
    newest = max((age.as_of for age in ages.values() if age.as_of), default=None)
    if leaf.outcome is Outcome.UNKNOWN:
        return Confidence.UNKNOWN, newest
    if leaf.fact is None:
        return Confidence.COMPLETE, None
    age, received_at = ages.get(leaf.fact.source), leaf.fact.received_at
    if age is None:
        return Confidence.COMPLETE, received_at
    if age.is_stale:
        return Confidence.STALE, age.as_of or received_at
    return Confidence.COMPLETE, max(received_at, age.as_of or received_at)
