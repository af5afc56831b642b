"""Where courses were copied from, and the badges that came over."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table

from lti_tool.db.tables.base import metadata
from lti_tool.db.types import UtcDateTime

# Kept by the platform's names: neither course need be known here when it is told.
course_origins = Table(
    "course_origins",
    metadata,
    Column("registration_id", ForeignKey("registrations.id"), primary_key=True),
    Column("deployment_id", String(255), primary_key=True),
    Column("context_id", String(255), primary_key=True),
    Column("origin", String(255), primary_key=True),
    Column("told_by", String(16), nullable=False),
    Column("told_at", UtcDateTime, nullable=False),
)

# The key is the course and the identity of the badge that it came from: repeating a copy changes nothing.
copied_badges = Table(
    "copied_badges",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("source_id", ForeignKey("achievements.id"), primary_key=True),
    Column("achievement_id", String(36), nullable=False),
    Column("source_course_id", ForeignKey("courses.id"), nullable=False),
    # The rule as it was in the old course, and what stands for its names here as far as that is decided.
    Column("criteria", JSON),
    Column("choices", JSON, nullable=False),
    Column("copied_at", UtcDateTime, nullable=False),
    Index("ix_copied_badges_achievement_id", "achievement_id"),
)
