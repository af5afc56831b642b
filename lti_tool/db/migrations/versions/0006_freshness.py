"""How fresh each course is, what readings repaired, and how often senders are usually heard."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _time(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("course_readings") as table:
        table.add_column(_time("next_at"))
        table.add_column(_time("active_at"))
        table.create_index("ix_course_readings_next_at", ["next_at"])
    with op.batch_alter_table("inbox_events") as table:
        table.add_column(sa.Column("pushed", sa.Boolean(), nullable=False, server_default=sa.true()))
    _create_course_sources()
    _create_repairs()
    op.create_table(
        "hearings",
        sa.Column("registration_id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        _time("first_at", nullable=False),
        _time("heard_at", nullable=False),
        _time("listening_since", nullable=False),
        _time("hour_at", nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        _time("silent_since"),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name="fk_hearings_registration_id"),
        sa.PrimaryKeyConstraint("registration_id", "source", name="pk_hearings"),
    )


def _create_course_sources() -> None:
    counts = [sa.Column(name, sa.Integer(), nullable=False) for name in ("news", "missed", "corrected", "withdrawn")]
    op.create_table(
        "course_sources",
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        _time("heard_at"),
        _time("swept_at"),
        _time("tried_at"),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        *counts,
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_course_sources_course_id"),
        sa.PrimaryKeyConstraint("course_id", "source", name="pk_course_sources"),
    )


def _create_repairs() -> None:
    op.create_table(
        "repairs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("event_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("target", sa.String(255), nullable=False),
        sa.Column("found", sa.String(16), nullable=False),
        sa.Column("held", sa.JSON()),
        sa.Column("said", sa.JSON(), nullable=False),
        _time("occurred_at", nullable=False),
        _time("found_at", nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_repairs_course_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_repairs_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_repairs"),
        sa.UniqueConstraint("course_id", "source", "event_id", name="uq_repairs_statement"),
    )
    op.create_index("ix_repairs_found", "repairs", ["course_id", "found_at"])


def downgrade() -> None:
    for table in ("hearings", "repairs", "course_sources"):
        op.drop_table(table)
    with op.batch_alter_table("inbox_events") as batch:
        batch.drop_column("pushed")
    with op.batch_alter_table("course_readings") as batch:
        batch.drop_index("ix_course_readings_next_at")
        batch.drop_column("active_at")
        batch.drop_column("next_at")
