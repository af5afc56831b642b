"""A learner's awards are found without looking through those of her whole course."""

from __future__ import annotations

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_awards_of_learner", "awards", ["course_id", "person_id"])
    op.drop_index("ix_awards_course_id", "awards")


def downgrade() -> None:
    op.create_index("ix_awards_course_id", "awards", ["course_id"])
    op.drop_index("ix_awards_of_learner", "awards")
