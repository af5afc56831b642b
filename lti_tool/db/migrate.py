"""Brings a database to the newest schema."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    # Four MiB with its templates: a process that finds its database up to date never needs it.
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
LONGEST_WAIT_MS = 2000
MOST_TRIES = 15
# PostgreSQL's lock_not_available and deadlock_detected: others were at work on the same tables.
_IN_THE_WAY = frozenset({"55P03", "40P01"})

log = structlog.get_logger(__name__)


def alembic_config(connection: Connection) -> Config:
    """What alembic's commands go by, over this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


# Every start asks whether there is anything to do; only the doing is worth a line.
logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)
logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)


def upgrade(engine: Engine) -> None:
    """Runs every migration that is missing. Two processes may call it at once: one waits for the other. Processes of
    the version before may go on meanwhile and afterwards: migrations add, and take nothing away."""
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            with engine.begin() as connection:
                _upgrade(connection)
            return
        except OperationalError as error:
            if not tries_left or getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
                raise
            log.info("schema.others_in_the_way", tries_left=tries_left)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7283945611)"))
        # Between two statements of a migration this process may think for longer than a worker ever may.
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout TO 0"))
        # Whoever waits for a table holds up all who come after: better to let them through and begin anew.
        connection.execute(text(f"SET LOCAL lock_timeout TO {LONGEST_WAIT_MS}"))
    held, newest = _revision(connection), newest_revision()
    if held == newest:
        return
    if held is not None and held > newest:
        # A process of the version before, started again while the next one is being brought in.
        log.warning("schema.newer", held=held, known=newest)
        return
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


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
        config = alembic_config(connection)
        config.set_main_option("script_location", str(directory))
        command.revision(config, message=message, autogenerate=True)
