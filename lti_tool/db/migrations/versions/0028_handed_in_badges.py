"""Badges of other platforms that learners handed in, to be checked again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handed_in_badges",
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("achievement", sa.String(255), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("handed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_handed_in_badges_course_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_handed_in_badges_person_id"),
        sa.PrimaryKeyConstraint("course_id", "person_id", "achievement", name="pk_handed_in_badges"),
    )


def downgrade() -> None:
    op.drop_table("handed_in_badges")
