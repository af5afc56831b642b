"""The tool as it may be one version later: the same code, with a migration that adds what migrations may add."""

from __future__ import annotations

import shutil
from pathlib import Path

import lti_tool
from lti_tool.db.migrate import newest_revision

# In another order than the work takes them in, so that the two meet.
TABLES = ("people", "outbox", "inbox_events", "facts", "awards", "courses", "credentials")
_MIGRATION = '''"""A column more in every table that work writes to, an index, a table."""

import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {before!r}
branch_labels = None
depends_on = None


def upgrade():
    for table in {tables!r}:
        op.add_column(table, sa.Column("of_next_version", sa.Text(), nullable=False, server_default=""))
        op.create_index(f"ix_{{table}}_of_next_version", table, ["of_next_version"])
    op.create_table("of_next_version", sa.Column("id", sa.Integer(), primary_key=True))
'''


def next_version(folder: Path) -> Path:
    """A folder in which ``python -m lti_tool.cli`` is that version."""
    place = folder / "next"
    shutil.copytree(Path(lti_tool.__file__).parent, place / "lti_tool")
    before = newest_revision()
    revision = f"{int(before) + 1:04}"
    migration = _MIGRATION.format(revision=revision, before=before, tables=TABLES)
    (place / f"lti_tool/db/migrations/versions/{revision}_next.py").write_text(migration)
    return place
