"""What an LMS lets the tool read through its own API."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_grants",
        sa.Column("registration_id", sa.String(36), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.Text(), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True)),
        sa.Column("granted_at", UtcDateTime(timezone=True)),
        sa.Column("refused", sa.String(64), nullable=False),
        sa.Column("turn_holder", sa.String(36)),
        sa.Column("turn_until", UtcDateTime(timezone=True)),
        sa.Column("rest_until", UtcDateTime(timezone=True)),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name="fk_api_grants_registration_id"),
        sa.PrimaryKeyConstraint("registration_id", name="pk_api_grants"),
    )


def downgrade() -> None:
    op.drop_table("api_grants")
