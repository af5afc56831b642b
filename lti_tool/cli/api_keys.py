"""lti-badges api-key: keys of other systems that drive the issuer over the VC API."""

from __future__ import annotations

import json

import click

from lti_tool.bootstrap import assemble
from lti_tool.cli.answers import as_json, tell
from lti_tool.settings import Settings
from lti_tool.usecases.api_keys import ManageApiKeys


def _keys() -> ManageApiKeys:
    house = assemble(Settings())
    house.prepare()
    return ManageApiKeys(house.transactions, house.clock, house.settings.tenant)


@click.group("api-key")
def api_key() -> None:
    """Keys of other systems; the setting vc_api lets them in."""


@api_key.command("add")
@click.argument("name")
@click.option("--may-issue", is_flag=True, help="May have credentials signed, and not only checked.")
@as_json
def add(name: str, may_issue: bool, as_json: bool) -> None:
    """Make a key and print it, this once."""
    made = _keys().add(name, may_issue=may_issue)
    if as_json:
        click.echo(json.dumps({"id": made.id, "name": name, "may_issue": may_issue, "secret": made.secret}, indent=2))
        return
    click.echo(made.secret)
    click.echo("This key is not shown again.", err=True)


@api_key.command("list")
@as_json
def list_keys(as_json: bool) -> None:
    """Keys that count and those that were retired; no secrets."""
    rows = [
        {
            "id": one.id,
            "name": one.name,
            "may_issue": one.may_issue,
            "created_at": one.created_at.isoformat(),
            "retired_at": one.retired_at.isoformat() if one.retired_at else None,
        }
        for one in _keys().all()
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        state = "retired" if row["retired_at"] else "checks and signs" if row["may_issue"] else "checks"
        click.echo(f"{row['id']}  {state:16}  {row['name']}")


@api_key.command("retire")
@click.argument("key_id", metavar="KEY")
@as_json
def retire(key_id: str, as_json: bool) -> None:
    """Do nothing for it any more."""
    _keys().retire(key_id)
    tell(as_json, {"id": key_id, "retired": True}, "The key is retired.")
