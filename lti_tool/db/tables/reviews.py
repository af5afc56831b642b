"""What reviewers decide: nominations with their evidence, and every step of them."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from lti_tool.db.tables.base import metadata
from lti_tool.db.tables.learning import SerialId
from lti_tool.db.types import UtcDateTime

nominations = Table(
    "nominations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False, index=True),
    Column("achievement_id", ForeignKey("achievements.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("piece", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("nominated_by", String(36), nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reviewer_kind", String(16), nullable=False),
    Column("reviewer_id", Text, nullable=False),
    Column("reviewer_name", Text, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("words", Text, nullable=False),
    Column("points", JSON, nullable=False),
    Column("file", JSON),
    UniqueConstraint("achievement_id", "person_id", "piece"),
)

# Nothing here is ever changed: what was handed in first can still be read when it was handed in again.
nomination_steps = Table(
    "nomination_steps",
    metadata,
    Column("id", SerialId, primary_key=True, autoincrement=True),
    Column("nomination_id", ForeignKey("nominations.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("points", JSON, nullable=False),
    Column("file", JSON),
)

# Contents of files; what they are stands with the nomination and its steps.
evidence_files = Table(
    "evidence_files",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("nomination_id", ForeignKey("nominations.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("media_type", String(32), nullable=False),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
)

# Of a badge from elsewhere what is needed to check it again: its address, or what was handed in.
handed_in_badges = Table(
    "handed_in_badges",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("achievement", String(255), primary_key=True),
    Column("link", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("handed_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("holds", Boolean, nullable=False),
)
