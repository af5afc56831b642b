"""Which facts no decision has looked at yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody knows it of the rows that stand: the next evaluation of each learner looks at everything once.
    with op.batch_alter_table("facts") as table:
        table.add_column(sa.Column("weighed", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("facts") as table:
        table.drop_column("weighed")
