"""What any platform needs: environments, notices, other names of people, observations, posted scores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rows that stand already get the value of before; new rows always bring their own.
    with op.batch_alter_table("registrations") as table:
        table.add_column(sa.Column("platform_guid", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("environment", sa.String(16), nullable=False, server_default="production"))
        table.add_column(sa.Column("issuing", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("differences", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("deployments") as table:
        table.add_column(sa.Column("notice_service_url", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("notice_types", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("notices_asked_at", UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "notices",
        _registration(),
        sa.Column("notice_id", sa.String(255), nullable=False),
        sa.Column("deployment_id", sa.String(255), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("context_id", sa.String(255), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        _of_registration("notices"),
        sa.PrimaryKeyConstraint("registration_id", "notice_id", name="pk_notices"),
    )
    op.create_table(
        "platform_observations",
        _registration(),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        _of_registration("platform_observations"),
        sa.PrimaryKeyConstraint("registration_id", "key", name="pk_platform_observations"),
    )
    op.create_table(
        "person_aliases",
        _registration(),
        sa.Column("deployment_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("value", sa.String(255), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_person_aliases_person_id"),
        _of_registration("person_aliases"),
        sa.PrimaryKeyConstraint("registration_id", "deployment_id", "kind", "value", name="pk_person_aliases"),
    )
    op.create_index("ix_person_aliases_person_id", "person_aliases", ["person_id"])
    op.create_table(
        "posted_scores",
        sa.Column("achievement_id", sa.String(36), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("timestamp", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["achievement_id"], ["achievements.id"], name="fk_posted_scores_achievement_id"),
        sa.PrimaryKeyConstraint("achievement_id", "subject", name="pk_posted_scores"),
    )


def _registration() -> sa.Column[str]:
    return sa.Column("registration_id", sa.String(36), nullable=False)


def _of_registration(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name=f"fk_{table}_registration_id")


def downgrade() -> None:
    for table in ("posted_scores", "person_aliases", "platform_observations", "notices"):
        op.drop_table(table)
    with op.batch_alter_table("deployments") as batch:
        for column in ("notices_asked_at", "notice_types", "notice_service_url"):
            batch.drop_column(column)
    with op.batch_alter_table("registrations") as batch:
        for column in ("differences", "issuing", "environment", "platform_guid"):
            batch.drop_column(column)
