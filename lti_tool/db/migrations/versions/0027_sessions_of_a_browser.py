"""Sessions are found by their browser: each launch ends those of another person in it."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_launch_sessions_browser_hash", "launch_sessions", ["browser_hash"])


def downgrade() -> None:
    op.drop_index("ix_launch_sessions_browser_hash", "launch_sessions")
