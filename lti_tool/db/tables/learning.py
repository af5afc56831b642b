"""The inbox of events and the facts folded from them."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from lti_tool.db.tables.base import metadata
from lti_tool.db.types import UtcDateTime

SerialId = BigInteger().with_variant(Integer, "sqlite")

inbox_events = Table(
    "inbox_events",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("registration_id", ForeignKey("registrations.id"), nullable=False),
    Column("source", String(32), nullable=False),
    Column("event_id", String(255), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("context_id", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("subject_kind", String(32), nullable=False),
    Column("context_kind", String(32), nullable=False),
    # How often it was begun and not finished, where it was taken singly.
    Column("tries", Integer, nullable=False, default=0),
    # Whether it was sent by itself; else a reading found it.
    Column("pushed", Boolean, nullable=False, default=True),
    UniqueConstraint("registration_id", "source", "event_id"),
    Index("ix_inbox_events_parked", "registration_id", "state", "context_id", "subject"),
)

facts = Table(
    "facts",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("kind", String(24), primary_key=True),
    Column("target", String(255), primary_key=True),
    Column("aspect", String(64), primary_key=True),
    Column("score", Float),
    Column("maximum", Float),
    Column("completed", Boolean),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("order", String(64), nullable=False),
    Column("source", String(32), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("standing", String(16), nullable=False),
    Column("letter", String(64), nullable=False),
    Column("late", Boolean),
    Column("submitted_at", UtcDateTime),
    # Whether the badges that depend on it have been decided since it was stated.
    Column("weighed", Boolean, nullable=False),
)

# Statements that could not be taken in: what cannot be understood, or contradicts what was said before. The same one
# sent again is counted, not kept again.
refused_events = Table(
    "refused_events",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("registration_id", ForeignKey("registrations.id"), nullable=False),
    Column("source", String(32), nullable=False),
    Column("event_id", String(255), nullable=False),
    Column("code", String(64), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("message", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    UniqueConstraint("registration_id", "source", "event_id", "code", "body_hash", name="uq_refused_events_statement"),
)
