"""Which columns of an uploaded table say what, remembered for each course."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload_columns",
        sa.Column("course_id", sa.String(36), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("saved_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_upload_columns_course_id_courses"),
        sa.PrimaryKeyConstraint("course_id", name="pk_upload_columns"),
    )


def downgrade() -> None:
    op.drop_table("upload_columns")
