"""What the picture of a badge shows, in words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("achievement_versions", sa.Column("image_alt", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("achievement_versions") as table:
        table.drop_column("image_alt")
