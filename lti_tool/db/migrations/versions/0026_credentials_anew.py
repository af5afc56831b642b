"""Credentials that are issued anew: the next one while it is signed, those before it, and names by consent."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _credential() -> list[sa.Column[Any]]:
    return [
        sa.Column("award_id", sa.String(36), nullable=False),
        sa.Column("binding", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unsigned", sa.JSON(), nullable=False),
        sa.Column("created", UtcDateTime(timezone=True), nullable=False),
        sa.Column("proof_kid", sa.Text(), nullable=False),
        sa.Column("jwt_kid", sa.Text(), nullable=False),
        sa.Column("issuer_slug", sa.String(64), nullable=False),
    ]


def _of_award(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=f"fk_{table}_award_id")


def upgrade() -> None:
    op.create_table(
        "credential_renewals",
        *_credential(),
        _of_award("credential_renewals"),
        sa.PrimaryKeyConstraint("award_id", "binding", name="pk_credential_renewals"),
    )
    op.create_table(
        "past_credentials",
        *_credential(),
        sa.Column("document", sa.Text()),
        sa.Column("jwt", sa.Text()),
        sa.Column("replaced_at", UtcDateTime(timezone=True), nullable=False),
        _of_award("past_credentials"),
        sa.PrimaryKeyConstraint("award_id", "binding", "created", name="pk_past_credentials"),
    )
    op.create_table(
        "name_consents",
        sa.Column("award_id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("given_at", UtcDateTime(timezone=True), nullable=False),
        _of_award("name_consents"),
        sa.PrimaryKeyConstraint("award_id", name="pk_name_consents"),
    )


def downgrade() -> None:
    op.drop_table("name_consents")
    op.drop_table("past_credentials")
    op.drop_table("credential_renewals")
