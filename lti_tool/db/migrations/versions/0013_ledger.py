"""The ledger, which the database itself keeps from being changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_KEPT = "the ledger is only ever added to"
# Of details the words may be erased, and never be others.
_REFUSED = {"ledger_entries": ("UPDATE", "DELETE"), "ledger_details": ("UPDATE",)}


def upgrade() -> None:
    op.create_table(
        "ledger_heads",
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_ledger_heads_course_id"),
        sa.PrimaryKeyConstraint("course_id", name="pk_ledger_heads"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("achievement_id", sa.String(36), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_ledger_entries_course_id"),
        sa.PrimaryKeyConstraint("course_id", "sequence", name="pk_ledger_entries"),
    )
    op.create_index("ix_ledger_entries_subject_achievement_id", "ledger_entries", ["subject", "achievement_id"])
    op.create_table(
        "ledger_details",
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "sequence"],
            ["ledger_entries.course_id", "ledger_entries.sequence"],
            name="fk_ledger_details_course_id_sequence",
        ),
        sa.PrimaryKeyConstraint("course_id", "sequence", name="pk_ledger_details"),
    )
    op.create_table(
        "ledger_subjects",
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_ledger_subjects_course_id"),
        sa.PrimaryKeyConstraint("subject", name="pk_ledger_subjects"),
    )
    op.create_index("ix_ledger_subjects_course_id_person_id", "ledger_subjects", ["course_id", "person_id"])
    guard = _guard_postgresql if op.get_bind().dialect.name == "postgresql" else _guard_sqlite
    guard()


def _guard_sqlite() -> None:
    for table, actions in _REFUSED.items():
        for action in actions:
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
            )
        # INSERT OR REPLACE deletes without asking the triggers of DELETE.
        there = f"SELECT 1 FROM {table} WHERE course_id = NEW.course_id AND sequence = NEW.sequence"  # nosec B608: ours
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({there}) "
            f"BEGIN SELECT RAISE(ABORT, '{_KEPT}'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ledger_is_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_KEPT}'; END $$"
    )
    for table, actions in _REFUSED.items():
        whole = " OR ".join((*actions, "TRUNCATE") if table == "ledger_entries" else actions)
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE {whole} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_kept()"
        )


def downgrade() -> None:
    for table in ("ledger_subjects", "ledger_details", "ledger_entries", "ledger_heads"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_is_kept()")
