"""Terms of awards, mass awards, suspension, expiry, and notices to learners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TIMES = ("act_at", "suspended_at", "lifted_at", "expires_at", "reminded_at", "lapsed_at", "counts_from")


def upgrade() -> None:
    with op.batch_alter_table("achievements") as table:
        table.add_column(sa.Column("terms", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("achievement_versions") as table:
        table.add_column(sa.Column("award_since", UtcDateTime(timezone=True)))
    with op.batch_alter_table("awards") as table:
        for name in _TIMES:
            table.add_column(sa.Column(name, UtcDateTime(timezone=True)))
        table.add_column(sa.Column("cause", sa.String(8), nullable=False, server_default=""))
        table.add_column(sa.Column("suspension_reason", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("batch_id", sa.String(36), nullable=False, server_default=""))
        table.add_column(sa.Column("renews", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index("ix_awards_batch", ["batch_id"])
    # Until now only people revoked.
    op.execute("UPDATE awards SET cause = 'person' WHERE state = 'revoked'")
    with op.batch_alter_table("status_lists") as table:
        table.add_column(sa.Column("purpose", sa.String(16), nullable=False, server_default="revocation"))
    op.create_table(
        "award_batches",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("achievement_id", sa.String(36), nullable=False),
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("sign_at", UtcDateTime(timezone=True)),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _refers("award_batches", "achievement_id", "achievements"),
        _refers("award_batches", "course_id", "courses"),
        sa.PrimaryKeyConstraint("id", name="pk_award_batches"),
    )
    op.create_index("ix_award_batches_achievement_id", "award_batches", ["achievement_id"])
    op.create_index("ix_award_batches_course_id", "award_batches", ["course_id"])
    op.create_table(
        "learner_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("award_id", sa.String(36), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True)),
        _refers("learner_notices", "course_id", "courses"),
        _refers("learner_notices", "person_id", "people"),
        _refers("learner_notices", "award_id", "awards"),
        sa.PrimaryKeyConstraint("id", name="pk_learner_notices"),
    )
    op.create_index("ix_learner_notices_person", "learner_notices", ["course_id", "person_id", "seen_at"])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}")


def downgrade() -> None:
    op.drop_table("learner_notices")
    op.drop_table("award_batches")
    with op.batch_alter_table("status_lists") as table:
        table.drop_column("purpose")
    with op.batch_alter_table("awards") as table:
        table.drop_index("ix_awards_batch")
        for name in (*_TIMES, "cause", "suspension_reason", "batch_id", "renews"):
            table.drop_column(name)
    with op.batch_alter_table("achievement_versions") as table:
        table.drop_column("award_since")
    with op.batch_alter_table("achievements") as table:
        table.drop_column("terms")
