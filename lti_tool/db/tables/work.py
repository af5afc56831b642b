"""The outbox: work that is due, stored in the same transaction as what made it due."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from lti_tool.db.tables.base import metadata
from lti_tool.db.tables.learning import SerialId
from lti_tool.db.types import UtcDateTime

# While a tenant has a row here, nothing is awarded or signed for it. What happens is taken in all the same.
halts = Table(
    "halts",
    metadata,
    Column("tenant_id", String(64), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("reason", Text, nullable=False),
    # The tool itself halted it.
    Column("alarm", Boolean, nullable=False),
)

# What one process at a time does for all: `holder` leads until `until`, and `next_at` says when it is due again.
leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(128), nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
)

# How the services of each platform fare. No row: well.
circuits = Table(
    "circuits",
    metadata,
    Column("registration_id", ForeignKey("registrations.id"), primary_key=True),
    # How often in a row a call brought nothing, since when, and why it was the last time.
    Column("failures", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("last_error", Text, nullable=False),
    # Until then the platform is left alone; then one call tries it.
    Column("retry_at", UtcDateTime),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("payload", JSON, nullable=False),
    # Set while the work waits unclaimed, NULL from its first claim on: work that arrives while its like is being
    # done must be done again, since the running one may not have seen what made it due.
    Column("dedupe_key", String(255), unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("fence", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text, nullable=False),
    Column("state", String(8), nullable=False),
    # The registration whose services it calls: it is not claimed while that platform rests.
    Column("platform", String(36)),
    Index("ix_outbox_due", "state", "due_at"),
)
