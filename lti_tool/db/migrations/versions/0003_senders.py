"""Credentials of senders of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_credentials",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("registration_id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("key_id", sa.String(255), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_heard_at", UtcDateTime(timezone=True)),
        sa.Column("retired_at", UtcDateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registrations.id"], name="fk_source_credentials_registration_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_source_credentials"),
        sa.UniqueConstraint("source", "key_id", name="uq_source_credentials_source_key_id"),
    )
    op.create_index("ix_source_credentials_registration_id", "source_credentials", ["registration_id"])


def downgrade() -> None:
    op.drop_table("source_credentials")
