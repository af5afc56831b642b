"""lti-badges platform: invite platforms, enter them by hand, accept and disable them."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.bootstrap.by_hand import register_by_hand
from lti_tool.cli.canvas_key import canvas
from lti_tool.cli.live_events import live_events
from lti_tool.cli.platform_file import read_platform_file
from lti_tool.cli.source_keys import source
from lti_tool.domain.platform import ENVIRONMENTS, Registration
from lti_tool.lti.settings import LtiSettings
from lti_tool.settings import Settings
from lti_tool.usecases.invite_platform import INVITATION_LIFE
from lti_tool.usecases.manage_platforms import ManagePlatforms
from lti_tool.usecases.set_issuing import SetIssuing

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
the_id = click.argument("registration_id", metavar="ID")


def _house() -> House:
    house = assemble(Settings())
    house.prepare()
    return house


def _platforms(house: House) -> ManagePlatforms:
    return ManagePlatforms(house.transactions, house.clock, house.settings.tenant)


class Duration(click.ParamType[timedelta]):
    """90m, 12h or 7d."""

    name = "DURATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", str(value))
        if found is None:
            self.fail("write a number and m, h or d, such as 7d", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


@click.group()
def platform() -> None:
    """The learning platforms that may launch the tool."""


platform.add_command(source)
platform.add_command(live_events)
platform.add_command(canvas)


@platform.command("invite")
@click.option("--name", required=True, help="What to call the platform.")
@click.option("--expires", type=Duration(), default=INVITATION_LIFE, help="How long the link lives. [default: 7d]")
@as_json
def invite(name: str, expires: timedelta, as_json: bool) -> None:
    """Make a registration link that works once."""
    house = _house()
    expires_at = house.clock.now() + expires
    url = f"{house.settings.base_url}/lti/register/{_platforms(house).invite(name, expires)}"
    told = {"name": name, "registration_url": url, "expires_at": expires_at.isoformat()}
    click.echo(json.dumps(told) if as_json else url)
    if not as_json:
        click.echo(f"It works once, until {expires_at:%Y-%m-%d %H:%M} UTC.", err=True)


@platform.command("reserve")
@click.option("--name", required=True, help="What to call the platform.")
@click.option("--product", default="", help="Its product_family_code, such as moodle or canvas.")
@as_json
def reserve(name: str, product: str, as_json: bool) -> None:
    """Begin by hand: print the tool's values, which the platform wants before it gives its own."""
    house = _house()
    _tell(house, register_by_hand(house).reserve(name, product), as_json)


@platform.command("add")
@click.option("--file", "path", required=True, type=click.Path(path_type=Path), help="The platform's values (TOML).")
@as_json
def add(path: Path, as_json: bool) -> None:
    """Enter a platform's values, of a reserved platform (its id stands in the file) or of a new one."""
    given, house = read_platform_file(path), _house()
    by_hand = register_by_hand(house)
    _tell(house, by_hand.enter(given.id, given.values) if given.id else by_hand.add(given.values), as_json)


@platform.command("list")
@as_json
def list_platforms(as_json: bool) -> None:
    """All platforms, the oldest first."""
    house = _house()
    found = _platforms(house).all()
    if as_json:
        click.echo(json.dumps([_document(house, one) for one in found], indent=2))
        return
    for one in found:
        note = "" if one.issuing else "  awards nothing"
        click.echo(f"{one.id}  {one.state.value:8}  {one.name}  {one.issuer or 'no values yet'}{note}")


@platform.command("show")
@the_id
@as_json
def show(registration_id: str, as_json: bool) -> None:
    """Everything of one platform but its secrets."""
    house = _house()
    _tell(house, _platforms(house).page(registration_id).registration, as_json)


@platform.command("approve")
@the_id
def approve(registration_id: str) -> None:
    """Let its people in."""
    click.echo(f"{_platforms(_house()).approve(registration_id).name} is active.")


@platform.command("disable")
@the_id
def disable(registration_id: str) -> None:
    """Let nobody in any more; badges that were issued stay valid."""
    click.echo(f"{_platforms(_house()).disable(registration_id).name} is disabled.")


@platform.command("accept-deployment")
@the_id
@click.argument("deployment_id", metavar="DEPLOYMENT")
def accept_deployment(registration_id: str, deployment_id: str) -> None:
    """Let launches of a deployment in that the platform named later."""
    _platforms(_house()).accept_deployment(registration_id, deployment_id)
    click.echo("The deployment is accepted.")


@platform.command("issuing")
@the_id
@click.argument("choice", type=click.Choice(["on", "off"]))
@click.option("--environment", type=click.Choice(ENVIRONMENTS), help="Also say which environment it is.")
def issuing(registration_id: str, choice: str, environment: str | None) -> None:
    """Award badges on this platform, or nothing; awards that were made stay."""
    house = _house()
    set_issuing = SetIssuing(house.transactions, house.settings.tenant)
    changed = set_issuing(registration_id, issuing=choice == "on", environment=environment or "")
    click.echo(f"{changed.name} ({changed.environment}) {'awards badges' if changed.issuing else 'awards nothing'}.")


def _tell(house: House, registration: Registration, as_json: bool) -> None:
    document = _document(house, registration)
    if as_json:
        click.echo(json.dumps(document, indent=2))
        return
    for name, value in document.items():
        if isinstance(value, dict):
            click.echo(f"{name}:")
            for key, text in value.items():
                click.echo(f"  {key:18} {text}")
        else:
            click.echo(f"{name:20} {', '.join(value) if isinstance(value, list) else value}")


def _document(house: House, registration: Registration) -> dict[str, Any]:
    """No secret is in it. `tool` are the values to give to the platform."""
    settings = LtiSettings(house.settings.base_url)
    with house.transactions(write=False) as unit:
        deployments = unit.registrations.deployments(registration.id)
    launch_url = settings.launch_url(registration.id)
    return {
        "id": registration.id,
        "name": registration.name,
        "state": registration.state.value,
        "product": registration.product,
        "product_version": registration.product_version,
        "environment": registration.environment,
        "issuing": registration.issuing,
        "issuer": registration.issuer,
        "client_id": registration.client_id,
        "auth_login_url": registration.auth_login_url,
        "auth_token_url": registration.auth_token_url,
        "jwks_url": registration.jwks_url,
        "auth_audience": registration.auth_audience,
        "deployments": deployments,
        "scopes": list(registration.service_scopes),
        "differences": list(registration.differences),
        "tool": {
            "login_url": settings.login_url(registration.id),
            "launch_url": launch_url,
            "redirect_uri": launch_url,
            "deep_linking_url": launch_url,
            "jwks_url": settings.jwks_url,
            "canvas_json_url": f"{settings.base_url}/lti/{registration.id}/canvas.json",
        },
    }
