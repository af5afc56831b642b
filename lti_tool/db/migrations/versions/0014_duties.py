"""What instructors entrust to people of their courses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duties",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("duty", sa.String(16), nullable=False),
        sa.Column("granted_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Text(), nullable=False),
        sa.Column("granted_by_name", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(timezone=True)),
        sa.Column("withdrawn_by_id", sa.Text(), nullable=False),
        sa.Column("withdrawn_by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_duties_course_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_duties_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_duties"),
    )
    op.create_index("ix_duties_course_id", "duties", ["course_id"])


def downgrade() -> None:
    op.drop_table("duties")
