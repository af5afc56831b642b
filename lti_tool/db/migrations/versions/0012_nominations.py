"""Evidence that learners hand in, and what reviewers decide about it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nominations",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("achievement_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("piece", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("nominated_by", sa.String(36), nullable=False),
        sa.Column("submitted_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reviewer_kind", sa.String(16), nullable=False),
        sa.Column("reviewer_id", sa.Text(), nullable=False),
        sa.Column("reviewer_name", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(timezone=True)),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_nominations_course_id"),
        sa.ForeignKeyConstraint(["achievement_id"], ["achievements.id"], name="fk_nominations_achievement_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_nominations_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_nominations"),
        sa.UniqueConstraint(
            "achievement_id", "person_id", "piece", name="uq_nominations_achievement_id_person_id_piece"
        ),
    )
    op.create_index("ix_nominations_course_id", "nominations", ["course_id"])
    op.create_index("ix_nominations_person_id", "nominations", ["person_id"])
    op.create_table(
        "nomination_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("nomination_id", sa.String(36), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name="fk_nomination_steps_nomination_id"),
        sa.PrimaryKeyConstraint("id", name="pk_nomination_steps"),
    )
    op.create_index("ix_nomination_steps_nomination_id", "nomination_steps", ["nomination_id"])


def downgrade() -> None:
    op.drop_table("nomination_steps")
    op.drop_table("nominations")
