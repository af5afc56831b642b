"""lti-badges db: the database."""

from __future__ import annotations

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.settings import Settings


def _house() -> House:
    return assemble(Settings())


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema to the newest version."""
    _house().prepare()
    click.echo("The database is up to date.")
