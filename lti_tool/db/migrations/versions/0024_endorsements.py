"""What issuers say for badges and for one another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "endorsements",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("endorser_slug", sa.String(64), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(timezone=True)),
        sa.ForeignKeyConstraint(["endorser_slug"], ["issuers.slug"], name="fk_endorsements_endorser_slug_issuers"),
        sa.PrimaryKeyConstraint("id", name="pk_endorsements"),
    )
    op.create_index("ix_endorsements_about", "endorsements", ["about"])


def downgrade() -> None:
    op.drop_table("endorsements")
