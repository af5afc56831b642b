"""Which badges build on which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "built_on",
        sa.Column("achievement_id", sa.String(36), nullable=False),
        sa.Column("on_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["achievement_id"], ["achievements.id"], name="fk_built_on_achievement_id"),
        sa.ForeignKeyConstraint(["on_id"], ["achievements.id"], name="fk_built_on_on_id"),
        sa.PrimaryKeyConstraint("achievement_id", "on_id", name="pk_built_on"),
    )
    op.create_index("ix_built_on_on_id", "built_on", ["on_id"])


def downgrade() -> None:
    op.drop_table("built_on")
