"""Brings a database to the newest schema."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
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
        command.upgrade(_config(connection), "head")


def new_revision(engine: Engine, message: str, directory: Path) -> None:
    """Writes the migration from the database as it is to the tables as they are declared."""
    with engine.begin() as connection:
        config = _config(connection)
        config.set_main_option("script_location", str(directory))
        command.revision(config, message=message, autogenerate=True)
