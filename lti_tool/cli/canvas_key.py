"""lti-badges platform canvas: the second key of a Canvas. It is allowed in a browser; here it is looked at."""

from __future__ import annotations

import json
import sys

import click

from lti_tool.bootstrap import House, assemble
from lti_tool.bootstrap.canvas_connecting import connect_canvas
from lti_tool.settings import Settings
from lti_tool.sources.canvas_rest import SCOPES
from lti_tool.usecases.connect_canvas import CanvasAccess

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
the_id = click.argument("registration_id", metavar="ID")


def _house() -> House:
    house = assemble(Settings())
    house.prepare()
    return house


@click.group("canvas")
def canvas() -> None:
    """The second key of a Canvas, with which its courses are read."""


@canvas.command("show")
@the_id
@as_json
def show(registration_id: str, as_json: bool) -> None:
    """What to enter in Canvas, and how it stands. No secret is in it."""
    connecting = connect_canvas(_house())
    access = connecting.view(registration_id)
    told = {
        "state": _state(access),
        "url": access.url,
        "client_id": access.client_id,
        "redirect_uri": connecting.redirect_uri,
        "scopes": list(SCOPES),
        "page": f"/admin/platforms/{registration_id}/canvas",
        "seen": access.seen.detail if access.seen else "",
        "seen_at": access.seen.at.isoformat() if access.seen else None,
    }
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    for name, value in told.items():
        for text in value if isinstance(value, list) else [value or "-"]:
            click.echo(f"{name:14} {text}")


@canvas.command("test")
@the_id
def test(registration_id: str) -> None:
    """Ask Canvas now; exits with 1 when something is missing."""
    connecting = connect_canvas(_house())
    connecting.test(registration_id)
    access = connecting.view(registration_id)
    click.echo(access.seen.detail if access.seen else "No key is set up.")
    if access.seen is None or not access.seen.ok:
        sys.exit(1)


@canvas.command("stop")
@the_id
def stop(registration_id: str) -> None:
    """Stop reading, and forget the key and its tokens."""
    connect_canvas(_house()).stop(registration_id)
    click.echo("This Canvas is not read any more.")


def _state(access: CanvasAccess) -> str:
    if not access.has_key:
        return "not set up"
    if access.is_open:
        return "works" if access.seen is None or access.seen.ok else "fails"
    return "refused" if access.granted_at else "not allowed yet"
