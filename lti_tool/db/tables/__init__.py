"""The tables, a file for each part of the house."""

from lti_tool.db.tables import (
    badges,
    copies,
    course,
    delivery,
    endorsements,
    freshness,
    learning,
    ledger,
    platform,
    reviews,
    sources,
    work,
)
from lti_tool.db.tables.base import metadata

__all__ = [
    "badges",
    "copies",
    "course",
    "delivery",
    "endorsements",
    "freshness",
    "learning",
    "ledger",
    "metadata",
    "platform",
    "reviews",
    "sources",
    "work",
]
