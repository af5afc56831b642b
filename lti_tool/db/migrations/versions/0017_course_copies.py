"""Where courses were copied from, and the badges that came over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_origins",
        sa.Column("registration_id", sa.String(36), nullable=False),
        sa.Column("deployment_id", sa.String(255), nullable=False),
        sa.Column("context_id", sa.String(255), nullable=False),
        sa.Column("origin", sa.String(255), nullable=False),
        sa.Column("told_by", sa.String(16), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name="fk_course_origins_registration_id"),
        sa.PrimaryKeyConstraint("registration_id", "deployment_id", "context_id", "origin", name="pk_course_origins"),
    )
    op.create_table(
        "copied_badges",
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("source_id", sa.String(36), nullable=False),
        sa.Column("achievement_id", sa.String(36), nullable=False),
        sa.Column("source_course_id", sa.String(36), nullable=False),
        sa.Column("criteria", sa.JSON()),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("copied_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_copied_badges_course_id"),
        sa.ForeignKeyConstraint(["source_id"], ["achievements.id"], name="fk_copied_badges_source_id"),
        sa.ForeignKeyConstraint(["source_course_id"], ["courses.id"], name="fk_copied_badges_source_course_id"),
        sa.PrimaryKeyConstraint("course_id", "source_id", name="pk_copied_badges"),
    )
    op.create_index("ix_copied_badges_achievement_id", "copied_badges", ["achievement_id"])


def downgrade() -> None:
    op.drop_table("copied_badges")
    op.drop_table("course_origins")
