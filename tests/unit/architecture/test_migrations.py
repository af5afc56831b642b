"""Migrations are a chain: each has one before it, and the last file is the last of them."""

from __future__ import annotations

from alembic.script import ScriptDirectory

from lti_tool.db.migrate import MIGRATIONS, newest_revision


def test_the_last_file_is_the_only_head() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [newest_revision()]
