"""What activities of a copied course were called before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_history",
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("before", sa.String(255), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_activity_history_course_id"),
        sa.PrimaryKeyConstraint("course_id", "kind", "id", "before", name="pk_activity_history"),
    )


def downgrade() -> None:
    op.drop_table("activity_history")
