"""What events of any source need: names, standing, senders, and what could not be taken in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Rows that stand already name people and courses as LTI does, and count.
    with op.batch_alter_table("inbox_events") as table:
        table.add_column(sa.Column("subject_kind", sa.String(32), nullable=False, server_default="lti"))
        table.add_column(sa.Column("context_kind", sa.String(32), nullable=False, server_default="lti"))
        table.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("facts") as table:
        table.add_column(sa.Column("standing", sa.String(16), nullable=False, server_default=""))
    with op.batch_alter_table("enrolments") as table:
        table.add_column(sa.Column("is_gone", sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_course_aliases()
    _create_refused_events()
    _create_source_credentials()
    op.create_table(
        "halts",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_halts"),
    )


def _create_course_aliases() -> None:
    op.create_table(
        "course_aliases",
        sa.Column("registration_id", sa.String(36), nullable=False),
        sa.Column("deployment_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("value", sa.String(255), nullable=False),
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_course_aliases_course_id"),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name="fk_course_aliases_registration_id"),
        sa.PrimaryKeyConstraint("registration_id", "deployment_id", "kind", "value", name="pk_course_aliases"),
    )
    op.create_index("ix_course_aliases_course_id", "course_aliases", ["course_id"])


def _create_refused_events() -> None:
    op.create_table(
        "refused_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("registration_id", sa.String(36), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("event_id", sa.String(255), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("settled_at", UtcDateTime(timezone=True)),
        sa.ForeignKeyConstraint(["registration_id"], ["registrations.id"], name="fk_refused_events_registration_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refused_events"),
        sa.UniqueConstraint(
            "registration_id", "source", "event_id", "code", "body_hash", name="uq_refused_events_statement"
        ),
    )


def _create_source_credentials() -> None:
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
    for table in ("halts", "source_credentials", "refused_events", "course_aliases"):
        op.drop_table(table)
    with op.batch_alter_table("enrolments") as batch:
        batch.drop_column("is_gone")
    with op.batch_alter_table("facts") as batch:
        batch.drop_column("standing")
    with op.batch_alter_table("inbox_events") as batch:
        for column in ("tries", "context_kind", "subject_kind"):
            batch.drop_column(column)
