"""Facts of attempts, variants of course grades, letters and submissions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SLOT = ["course_id", "person_id", "kind", "target"]


def upgrade() -> None:
    with op.batch_alter_table("facts") as table:
        table.add_column(sa.Column("aspect", sa.String(64), nullable=False, server_default=""))
        table.add_column(sa.Column("letter", sa.String(64), nullable=False, server_default=""))
        table.add_column(sa.Column("late", sa.Boolean()))
        table.add_column(sa.Column("submitted_at", UtcDateTime(timezone=True)))
    _key([*_SLOT, "aspect"])


def downgrade() -> None:
    # What has no place in the older key is heard again by the next reading.
    op.execute("DELETE FROM facts WHERE aspect <> ''")
    _key(_SLOT)
    with op.batch_alter_table("facts") as table:
        for column in ("aspect", "letter", "late", "submitted_at"):
            table.drop_column(column)


def _key(columns: list[str]) -> None:
    with op.batch_alter_table("facts") as table:
        table.drop_constraint("pk_facts", type_="primary")
        table.create_primary_key("pk_facts", columns)
