"""lti-badges platform source: credentials of a platform's senders of xAPI and Caliper."""

from __future__ import annotations

import json

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.settings import Settings
from lti_tool.sources.kinds import KINDS, address_of, kind_of
from lti_tool.sources.sender import PERSON_KINDS, read_sender, usual_sender
from lti_tool.usecases.manage_platforms import ManagePlatforms
from lti_tool.usecases.source_keys import ManageSourceKeys

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
the_id = click.argument("registration_id", metavar="ID")


def _house() -> House:
    house = assemble(Settings())
    house.prepare()
    return house


def _keys(house: House) -> ManageSourceKeys:
    return ManageSourceKeys(house.transactions, house.clock, house.settings.tenant)


@click.group("source")
def source() -> None:
    """Who may send a platform's events by xAPI or Caliper."""


@source.command("add")
@the_id
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option("--home-page", default="", help="The site of the accounts. [default: the platform's]")
@click.option("--person", type=click.Choice(list(PERSON_KINDS)), help="Which name of a person an account's name is.")
@click.option("--course", default="", help="LTI context id for statements that name no course.")
@as_json
def add(registration_id: str, kind: str, home_page: str, person: str | None, course: str, as_json: bool) -> None:
    """Make a credential and print it, this once."""
    house = _house()
    platforms = ManagePlatforms(house.transactions, house.clock, house.settings.tenant)
    usual = usual_sender(platforms.page(registration_id).registration)
    sender = read_sender(home_page or usual.home_page, person or usual.person_kind, course)
    made = _keys(house).add(registration_id, kind, sender.to_json())
    address = address_of(house.settings.base_url, kind, registration_id)
    entries = dict(kind_of(kind).entries(address, made.key_id, made.secret))
    if as_json:
        told = {name.lower().replace(" ", "_"): text for name, text in entries.items()}
        click.echo(json.dumps({"id": made.credential_id, "source": kind} | told))
        return
    for name, text in entries.items():
        click.echo(f"{name:10} {text}")
    click.echo("The secret is not shown again.", err=True)


@source.command("list")
@the_id
@as_json
def list_sources(registration_id: str, as_json: bool) -> None:
    """Credentials that count and those that were retired; no secrets."""
    found = _keys(_house()).of_platform(registration_id)
    rows = [
        {
            "id": one.id,
            "source": one.source,
            "key_id": one.key_id,
            "settings": one.settings,
            "created_at": one.created_at.isoformat(),
            "last_heard_at": one.last_heard_at.isoformat() if one.last_heard_at else None,
            "retired_at": one.retired_at.isoformat() if one.retired_at else None,
        }
        for one in found
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        state = "retired" if row["retired_at"] else f"last heard {row['last_heard_at'] or 'never'}"
        click.echo(f"{row['id']}  {row['source']:8}  {row['key_id']}  {state}")


@source.command("retire")
@the_id
@click.argument("credential_id", metavar="CREDENTIAL")
def retire(registration_id: str, credential_id: str) -> None:
    """Accept nothing with it any more; what was accepted stays."""
    _keys(_house()).retire(registration_id, credential_id)
    click.echo("The credential is retired.")
