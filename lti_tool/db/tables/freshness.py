"""When each source was heard and read, what readings repaired, and how often senders are usually heard."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from lti_tool.db.tables.base import metadata
from lti_tool.db.tables.learning import SerialId
from lti_tool.db.types import UtcDateTime

course_sources = Table(
    "course_sources",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("source", String(32), primary_key=True),
    Column("heard_at", UtcDateTime),
    Column("swept_at", UtcDateTime),
    Column("tried_at", UtcDateTime),
    Column("error", Text, nullable=False, default=""),
    Column("why", String(16), nullable=False, default=""),
    Column("seconds", Float, nullable=False, default=0.0),
    Column("news", Integer, nullable=False, default=0),
    Column("missed", Integer, nullable=False, default=0),
    Column("corrected", Integer, nullable=False, default=0),
    Column("withdrawn", Integer, nullable=False, default=0),
)

repairs = Table(
    "repairs",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("source", String(32), nullable=False),
    Column("event_id", String(255), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("target", String(255), nullable=False),
    Column("found", String(16), nullable=False),
    Column("held", JSON),
    Column("said", JSON, nullable=False),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("why", String(16), nullable=False),
    UniqueConstraint("course_id", "source", "event_id", name="uq_repairs_statement"),
    Index("ix_repairs_found", "course_id", "found_at"),
)

hearings = Table(
    "hearings",
    metadata,
    Column("registration_id", ForeignKey("registrations.id"), primary_key=True),
    Column("source", String(32), primary_key=True),
    Column("first_at", UtcDateTime, nullable=False),
    Column("heard_at", UtcDateTime, nullable=False),
    Column("listening_since", UtcDateTime, nullable=False),
    Column("hour_at", UtcDateTime, nullable=False),
    Column("count", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("silent_since", UtcDateTime),
)
