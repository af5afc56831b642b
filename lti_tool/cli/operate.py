"""lti-badges db, platform: what an operator needs."""

from __future__ import annotations

import json

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.settings import Settings
from lti_tool.usecases.manage_platforms import ManagePlatforms


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


@click.group()
def platform() -> None:
    """The learning platforms that may launch the tool."""


@platform.command("invite")
@click.option("--name", required=True, help="What to call the platform.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def platform_invite(name: str, as_json: bool) -> None:
    """Make a registration link that works once."""
    house = _house()
    house.prepare()
    token = ManagePlatforms(house.transactions, house.clock, house.settings.tenant).invite(name)
    url = f"{house.settings.base_url}/lti/register/{token}"
    click.echo(json.dumps({"name": name, "registration_url": url}) if as_json else url)
