"""lti-badges events and lti-badges issuing: what an operator does when something is wrong."""

from __future__ import annotations

import json

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.cli.answers import as_json, tell
from lti_tool.settings import Settings
from lti_tool.usecases.halt_issuing import HaltIssuing
from lti_tool.usecases.mend_events import MendEvents

the_platform = click.argument("registration_id", metavar="PLATFORM")


def _house() -> House:
    house = assemble(Settings())
    house.prepare()
    return house


def _mend() -> MendEvents:
    house = _house()
    return MendEvents(house.transactions, house.clock, house.settings.tenant)


def _switch() -> HaltIssuing:
    house = _house()
    return HaltIssuing(house.transactions, house.clock, house.settings.tenant)


@click.group()
def events() -> None:
    """Events that wait, were set aside or were refused."""


@events.command("list")
@the_platform
@as_json
def list_events(registration_id: str, as_json: bool) -> None:
    """What of a platform waits, was set aside after five tries, or was refused."""
    page = _mend().page(registration_id)
    dead = [
        {"id": one.id, "source": one.event.source, "event_id": one.event.event_id, "reason": one.reason}
        for one in page.dead
    ]
    refused = [
        {"id": one.id, "source": one.source, "event_id": one.event_id, "code": one.code, "times": one.times}
        for one in page.refused
    ]
    waiting = [{"reason": line.reason, "count": line.count, "oldest": line.oldest.isoformat()} for line in page.parked]
    if as_json:
        click.echo(json.dumps({"waiting": waiting, "set_aside": dead, "refused": refused}, indent=2))
        return
    for line in waiting:
        click.echo(f"waiting    {line['count']:6}  {line['reason']}  since {line['oldest']}")
    for row in dead:
        click.echo(f"set aside  {row['id']:6}  {row['source']}  {row['event_id']}  {row['reason']}")
    for row in refused:
        click.echo(f"refused    {row['id']:6}  {row['source']}  {row['event_id']}  {row['code']}  {row['times']}×")


@events.command("replay")
@the_platform
@click.argument("event_ids", metavar="[NUMBER]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that were set aside.")
def replay_events(registration_id: str, event_ids: tuple[int, ...], everything: bool) -> None:
    """Have events that were set aside applied anew."""
    if bool(event_ids) == everything:
        raise click.UsageError("Name the events' numbers, or give --all.")
    count = _mend().replay(registration_id, None if everything else event_ids)
    click.echo(f"{count} {'event is' if count == 1 else 'events are'} tried again.")


@events.command("settle")
@the_platform
@click.argument("event_id", metavar="NUMBER", type=int)
def settle_event(registration_id: str, event_id: int) -> None:
    """Take a refused event off the list, until it comes again."""
    _mend().settle(registration_id, event_id)
    click.echo("Settled.")


@click.group()
def issuing() -> None:
    """The switch that halts all issuing."""


@issuing.command("halt")
@click.option("--reason", default="", help="Why, for whoever looks next.")
@as_json
def halt(reason: str, as_json: bool) -> None:
    """Award and sign nothing from now on; events are taken in as ever."""
    _switch().halt(reason)
    tell(as_json, {"halted": True}, "Issuing is halted.")


@issuing.command("resume")
@as_json
def resume(as_json: bool) -> None:
    """Issue again, and make up for what was missed."""
    was_halted = _switch().resume()
    words = "Badges are issued again." if was_halted else "Issuing was not halted."
    tell(as_json, {"halted": False, "was_halted": was_halted}, words)


@issuing.command("status")
@as_json
def status(as_json: bool) -> None:
    """Whether issuing is halted."""
    state = _switch().state()
    if as_json:
        since = state.since.isoformat() if state else None
        click.echo(json.dumps({"halted": state is not None, "since": since, "reason": state.reason if state else ""}))
        return
    click.echo(f"Issuing is halted since {state.since:%Y-%m-%d %H:%M} UTC. {state.reason}" if state else "Issuing.")
