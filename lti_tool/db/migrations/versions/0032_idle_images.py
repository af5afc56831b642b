"""Since when no badge names a picture, and which pictures stay whatever names them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("images", sa.Column("idle_since", UtcDateTime(timezone=True)))
    # Badges that were issued name the logo that their issuer had then, and nothing says which pictures those were: all
    # that are there now stay.
    op.add_column("images", sa.Column("lasting", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("images") as table:
        table.drop_column("lasting")
        table.drop_column("idle_since")
