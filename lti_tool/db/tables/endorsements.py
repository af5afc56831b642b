"""What issuers of the installation said for badges and for one another."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from lti_tool.db.tables.base import metadata
from lti_tool.db.types import UtcDateTime

endorsements = Table(
    "endorsements",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("endorser_slug", ForeignKey("issuers.slug"), nullable=False),
    # What it speaks of: an achievement's address or an issuer's identity.
    Column("about", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Index("ix_endorsements_about", "about"),
)
