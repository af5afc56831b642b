"""The ledger's chains. Rows are added and never changed: triggers refuse it (migration of the ledger)."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Table, Text

from lti_tool.db.tables.base import metadata

# Where each chain ends. Whoever adds to it holds this row, so that a chain stays one line.
ledger_heads = Table(
    "ledger_heads",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("course_id", ForeignKey("courses.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("subject", String(32), nullable=False),
    Column("achievement_id", String(36), nullable=False),
    Column("payload", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_ledger_entries_subject_achievement_id", "subject", "achievement_id"),
)

# Words that can be erased with the person they are about; their salted hash is in the chain.
ledger_details = Table(
    "ledger_details",
    metadata,
    Column("course_id", String(36), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("salt", String(32), nullable=False),
    Column("words", Text, nullable=False),
    ForeignKeyConstraint(["course_id", "sequence"], ["ledger_entries.course_id", "ledger_entries.sequence"]),
)

# Who bears which name in a course's ledger; several where two accounts turned out to be one person.
ledger_subjects = Table(
    "ledger_subjects",
    metadata,
    Column("subject", String(32), primary_key=True),
    Column("course_id", ForeignKey("courses.id"), nullable=False),
    Column("person_id", String(36), nullable=False),
    Index("ix_ledger_subjects_course_id_person_id", "course_id", "person_id"),
)
