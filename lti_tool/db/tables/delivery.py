"""Where badges went: gradebook columns, public pages, wallet offers."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, String, Table, Text

from lti_tool.db.tables.base import metadata
from lti_tool.db.types import UtcDateTime

deliveries = Table(
    "deliveries",
    metadata,
    Column("award_id", ForeignKey("awards.id"), primary_key=True),
    Column("destination", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("detail", Text, nullable=False),
)

gradebook_columns = Table(
    "gradebook_columns",
    metadata,
    Column("achievement_id", ForeignKey("achievements.id"), primary_key=True),
    Column("lineitem_url", Text, nullable=False),
)

# The timestamp last sent for a learner into a column: the next one must be later (AGS 2.0, 3.4.7).
posted_scores = Table(
    "posted_scores",
    metadata,
    Column("achievement_id", ForeignKey("achievements.id"), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("timestamp", UtcDateTime, nullable=False),
)

public_pages = Table(
    "public_pages",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("award_id", ForeignKey("awards.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("show_name", Boolean, nullable=False),
    Column("show_evidence", Boolean, nullable=False),
    Column("stopped_at", UtcDateTime),
)

wallet_offers = Table(
    "wallet_offers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("award_id", ForeignKey("awards.id"), nullable=False, index=True),
    Column("tenant_id", String(64), nullable=False),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tx_code_hash", String(64), nullable=False),
    Column("access_token_hash", String(64), nullable=False, index=True),
    Column("token_expires_at", UtcDateTime),
    Column("binding", Text, nullable=False),
    Column("notification_id", String(64), nullable=False, index=True),
    Column("collected_at", UtcDateTime),
)
