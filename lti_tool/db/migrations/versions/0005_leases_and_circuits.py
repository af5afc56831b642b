"""Who leads the sweeps, and how the services of each platform fare."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("holder", sa.String(128), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("next_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "circuits",
        sa.Column("registration_id", sa.String(36), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("retry_at", UtcDateTime(timezone=True)),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name="fk_circuits_registration_id"),
        sa.PrimaryKeyConstraint("registration_id", name="pk_circuits"),
    )


def downgrade() -> None:
    op.drop_table("circuits")
    op.drop_table("leases")
