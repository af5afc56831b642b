"""Files that learners hand in as evidence, and whether a public page shows them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_files",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("nomination_id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["nomination_id"], ["nominations.id"], name="fk_evidence_files_nomination_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_files"),
    )
    op.create_index("ix_evidence_files_nomination_id", "evidence_files", ["nomination_id"])
    op.add_column("nominations", sa.Column("file", sa.JSON()))
    op.add_column("nomination_steps", sa.Column("file", sa.JSON()))
    op.add_column("public_pages", sa.Column("show_evidence", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("public_pages") as table:
        table.drop_column("show_evidence")
    for name in ("nomination_steps", "nominations"):
        with op.batch_alter_table(name) as table:
            table.drop_column("file")
    op.drop_table("evidence_files")
