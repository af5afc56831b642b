"""lti-badges endorsement: what an issuer here says for a badge or for another issuer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.cli.answers import as_json, tell
from lti_tool.domain.identity import Actor
from lti_tool.settings import Settings
from lti_tool.usecases.ports import StoredEndorsement


def _house() -> House:
    house = assemble(Settings())
    house.prepare()
    return house


@click.group()
def endorsement() -> None:
    """What an issuer says for a badge or for another issuer."""


@endorsement.command("add")
@click.argument("endorser", metavar="SHORT-NAME")
@click.option("--badge", help="Id of the badge that is endorsed.")
@click.option("--issuer", "about", help="Short name of the issuer that is endorsed.")
@click.option("--comment", required=True, help="What is said; stands in every badge issued from now on.")
@click.option("--by", default="operator", show_default=True, help="Who decided it.")
@as_json
def add(endorser: str, badge: str | None, about: str | None, comment: str, by: str, as_json: bool) -> None:
    """Let the issuer of that short name endorse a badge or another issuer, signed with its key."""
    if (badge is None) == (about is None):
        raise click.UsageError("Name one badge or one issuer.")
    endorse, actor = _house().endorse, Actor("operator", "", by)
    if badge is not None:
        made = endorse.badge(endorser, badge, comment, actor)
    else:
        made = endorse.issuer(endorser, about or "", comment, actor)
    tell(as_json, _row(made), f"{made.id}: {made.endorser_slug} endorses {made.about}")


@endorsement.command("list")
@as_json
def list_all(as_json: bool) -> None:
    """Every endorsement, the newest first."""
    found = [_row(one) for one in _house().endorse.all()]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for row in found:
        state = "withdrawn" if row["withdrawn_at"] else "stands"
        click.echo(f"{row['id']}  {state:10} {row['endorser_slug']} on {row['about']}: {row['comment']}")


@endorsement.command("withdraw")
@click.argument("endorsement_id", metavar="ID")
@as_json
def withdraw(endorsement_id: str, as_json: bool) -> None:
    """Let no new badge carry an endorsement; those that have it keep it."""
    _house().endorse.withdraw(endorsement_id)
    tell(as_json, {"id": endorsement_id, "withdrawn": True}, f"{endorsement_id} is withdrawn.")


def _row(one: StoredEndorsement) -> dict[str, Any]:
    withdrawn_at = one.withdrawn_at.isoformat() if one.withdrawn_at else None
    return asdict(one) | {"made_at": one.made_at.isoformat(), "withdrawn_at": withdrawn_at}
