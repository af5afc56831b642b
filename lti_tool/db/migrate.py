"""Brings a database to the newest schema."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    # Four MiB with its templates: a process that finds its database up to date never needs it.
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


# Every start asks whether there is anything to do; only the doing is worth a line.
logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)


def upgrade(engine: Engine) -> None:
    """Runs every migration that is missing. Two processes may call it at once: one waits for the other."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(7283945611)"))
            # Between two statements of a migration this process may think for longer than a worker ever may.
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout TO 0"))
        if _revision(connection) == newest_revision():
            return
        from alembic import command

        command.upgrade(_config(connection), "head")


def newest_revision() -> str:
    """That of the last file: migrations are numbered, and their revisions are the numbers."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def new_revision(engine: Engine, message: str, directory: Path) -> None:
    """Writes the migration from the database as it is to the tables as they are declared."""
    from alembic import command

    with engine.begin() as connection:
        config = _config(connection)
        config.set_main_option("script_location", str(directory))
        command.revision(config, message=message, autogenerate=True)
