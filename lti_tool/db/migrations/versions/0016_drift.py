"""What the LMS lists of a course no longer or hides, and how rules were meant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("activities", sa.Column("listed_by", sa.String(32), nullable=False, server_default=""))
    op.add_column("activities", sa.Column("gone_at", UtcDateTime(timezone=True)))
    op.add_column("activities", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "rule_targets",
        sa.Column("achievement_id", sa.String(36), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["achievement_id"], ["achievements.id"], name="fk_rule_targets_achievement_id"),
        sa.PrimaryKeyConstraint("achievement_id", name="pk_rule_targets"),
    )


def downgrade() -> None:
    op.drop_table("rule_targets")
    with op.batch_alter_table("activities") as table:
        for name in ("listed_by", "gone_at", "hidden"):
            table.drop_column(name)
