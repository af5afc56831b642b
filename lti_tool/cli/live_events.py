"""lti-badges platform live-events: an address to which Canvas Data Services sends."""

from __future__ import annotations

import json

import click

from lti_tool.bootstrap import assemble
from lti_tool.settings import Settings
from lti_tool.sources import canvas_live_events as live
from lti_tool.usecases.source_keys import ManageSourceKeys


@click.command("live-events")
@click.argument("registration_id", metavar="ID")
@click.option("--host", "hosts", multiple=True, help="Host of the institution's Canvas; may be given several times.")
@click.option("--unsigned", is_flag=True, help="Take unsigned events at an address with a secret in it.")
@click.option("--jwks-url", default="", help="Where the keys are that sign. [default: Canvas's own]")
@click.option("--trust-caliper", is_flag=True, help="Let grades in the Caliper format count at once.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def live_events(
    registration_id: str, hosts: tuple[str, ...], unsigned: bool, jwks_url: str, trust_caliper: bool, as_json: bool
) -> None:
    """Make an address for a stream of Canvas Live Events and print it with what to do in Canvas.

    `platform source list` and `platform source retire` know it afterwards.
    """
    house = assemble(Settings())
    house.prepare()
    stream = live.read_stream(not unsigned, jwks_url, " ".join(hosts), trust_caliper)
    keys = ManageSourceKeys(house.transactions, house.clock, house.settings.tenant)
    made = keys.add(registration_id, live.SOURCE, stream.to_json())
    address = live.address_of(house.settings.base_url, registration_id, made.key_id, stream, made.secret)
    if as_json:
        click.echo(json.dumps({"id": made.credential_id, "source": live.SOURCE, "address": address}))
        return
    click.echo(address)
    for number, step in enumerate(live.steps(stream), start=1):
        click.echo(f"{number}. {step}", err=True)
    click.echo("Events: " + ", ".join(name for _, names in live.EVENTS for name in names), err=True)
    if unsigned:
        click.echo("The address holds a secret and is not shown again.", err=True)
