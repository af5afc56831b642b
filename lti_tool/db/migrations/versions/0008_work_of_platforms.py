"""Whose services a piece of work calls, so that it waits while that platform rests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without batch mode, which would copy the table: a column that may be empty can simply be added.
    op.add_column("outbox", sa.Column("platform", sa.String(36)))


def downgrade() -> None:
    with op.batch_alter_table("outbox") as table:
        table.drop_column("platform")
