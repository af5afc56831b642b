"""lti-badges demo and demo-reset."""

from __future__ import annotations

import shutil
import signal
import threading
from pathlib import Path

import click

from lti_tool.bootstrap import assemble
from lti_tool.cli.run import require_free_port
from lti_tool.demo.servers import DemoPlace, DemoServers, account_port_for
from lti_tool.sandbox.forms import FORMS
from lti_tool.settings import Settings
from lti_tool.usecases.manage_platforms import ManagePlatforms

WHAT_TO_TRY = """
LTI Badges     {tool}/admin   (sign-in token: {token})
Practice LMS   {lms}
{invitation}
What to try
  1. As the administrator: in the practice LMS choose the administrator, open External tools, paste the registration
     link and activate the tool. Then open {tool}/admin, and approve the platform there.{deployment}
  2. As the teacher: open the course, then Badges. Make a badge, say what it takes, look who would earn it, publish.
     On the course page “Add from Badges” places a card for it.
  3. As a learner: take the quiz, finish module 1, and watch Badges.
  4. As the teacher again: lower the grade, and see what Badges asks you.

Ctrl-C stops both. A second start keeps everything; `make demo-reset` clears it.
"""


_LEARN_DEPLOYMENT = """
     This platform does not say where it puts the tool: open Badges in its course once, and accept the deployment."""


@click.command()
@click.option("--once", is_flag=True, help="Play the whole story headless against fresh servers, and end.")
@click.option("--json", "as_json", is_flag=True, help="With --once: print the result as JSON.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="With --once: keep what was issued.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port of the tool.")
@click.option("--lms-port", default=8001, show_default=True, type=click.IntRange(1, 65535), help="Port of the LMS.")
@click.option("--like", type=click.Choice([*FORMS]), default="plain", help="What the practice LMS behaves like.")
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/demo"), show_default=True)
@click.option("--keys", type=click.Path(path_type=Path), default=Path("keys"), show_default=True)
def demo(
    once: bool, as_json: bool, out: Path | None, port: int, lms_port: int, like: str, data: Path, keys: Path
) -> None:
    """Start the tool and a practice LMS on this machine, to play with."""
    if once:
        from lti_tool.demo.once import play_once  # the story brings more imports than starting servers needs

        raise SystemExit(play_once(as_json=as_json, out=out, like=like))
    require_free_port("127.0.0.1", port, '--port (make demo ARGS="--port 8100")')
    require_free_port("127.0.0.1", lms_port, '--lms-port (make demo ARGS="--lms-port 8101")')
    place = DemoPlace(data.resolve(), keys.resolve(), port, lms_port, like, account_port_for(like))
    fresh = not data.exists()
    click.echo("Starting the tool and the practice LMS …")
    with DemoServers(place, data / "logs") as servers:
        invitation = f"\nRegistration link, good for one use:\n  {_invite(place)}\n" if fresh else ""
        deployment = "" if place.names_deployment else _LEARN_DEPLOYMENT
        token = place.admin_token_file.read_text().strip()
        click.echo(
            WHAT_TO_TRY.format(
                tool=place.tool_url, lms=place.lms_url, token=token, invitation=invitation, deployment=deployment
            )
        )
        _wait_for_the_end(servers)
        click.echo("\nStopping …")
    click.echo("Stopped. The data is kept in " + str(data))


def _invite(place: DemoPlace) -> str:
    """A registration link for the practice LMS, so that a newcomer can begin at once."""
    settings = Settings(
        base_url=place.tool_url, database_url=place.database_url, data_dir=place.data, keys_dir=place.keys
    )
    house = assemble(settings)
    token = ManagePlatforms(house.transactions, house.clock, settings.tenant).invite("Practice LMS")
    return f"{place.tool_url}/lti/register/{token}"


def _wait_for_the_end(servers: DemoServers) -> None:
    stopped = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopped.set())
    while not stopped.wait(1):
        ended = servers.ended()
        if ended is not None:
            raise click.ClickException(f"The {ended} ended by itself; see {servers.log_dir}.")


@click.command("demo-reset")
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/demo"), show_default=True)
def demo_reset(data: Path) -> None:
    """Clear the demonstration's data. The keys stay."""
    if not data.exists():
        click.echo("There is nothing to clear.")
        return
    if not (data / "practice-lms").exists() and not (data / "logs").exists():
        raise click.ClickException(f"{data} does not look like a demonstration's folder; nothing was cleared.")
    shutil.rmtree(data)
    click.echo(f"Cleared {data}.")
