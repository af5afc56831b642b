"""Senders of events and other systems, what LMSs let the tool read through their own API, and how a course's uploads
are to be read."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, String, Table, Text, UniqueConstraint

from lti_tool.db.tables.base import metadata
from lti_tool.db.types import UtcDateTime

source_credentials = Table(
    "source_credentials",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("registration_id", ForeignKey("registrations.id"), nullable=False, index=True),
    Column("source", String(32), nullable=False),
    Column("key_id", String(255), nullable=False),
    Column("secret", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_heard_at", UtcDateTime),
    Column("retired_at", UtcDateTime),
    UniqueConstraint("source", "key_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("tenant_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("may_issue", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("retired_at", UtcDateTime),
)

upload_columns = Table(
    "upload_columns",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("columns", JSON, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)

api_grants = Table(
    "api_grants",
    metadata,
    Column("registration_id", ForeignKey("registrations.id"), primary_key=True),
    Column("url", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("client_secret", Text, nullable=False),
    Column("access_token", Text, nullable=False),
    Column("refresh_token", Text, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("granted_at", UtcDateTime),
    Column("refused", String(64), nullable=False),
    Column("turn_holder", String(36)),
    Column("turn_until", UtcDateTime),
    Column("rest_until", UtcDateTime),
)
