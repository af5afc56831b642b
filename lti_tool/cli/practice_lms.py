"""lti-badges practice-lms: the platform to practise with."""

from __future__ import annotations

from pathlib import Path

import click

from lti_tool.cli.run import require_free_port
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms import FORMS
from lti_tool.sandbox.server import Behaviour, serve


@click.command("practice-lms")
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/practice-lms"), show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--like",
    type=click.Choice([*FORMS]),
    default="plain",
    show_default=True,
    help="Whose claims, addresses and quirks it has; plain follows the specifications to the letter.",
)
@click.option(
    "--issuer",
    default="",
    help="The issuer of its launches, where it is not its address: all of hosted Canvas shares one.",
)
@click.option(
    "--account-port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Tools register at this port, as hosted Canvas has them do at the account's own host.",
)
@click.option(
    "--block-private-hosts",
    is_flag=True,
    help="Do not fetch a tool's keys from private addresses or odd ports, which is Moodle's default.",
)
def practice_lms(
    data: Path, host: str, port: int, like: str, issuer: str, account_port: int, block_private_hosts: bool
) -> None:
    """Serve the practice LMS: one course, a teacher, learners. For trying things, never for the public.

    Keep to one form for one data folder: the ids that tools have seen are those of the form.
    """
    require_free_port(host, port, "--port")
    if account_port:
        require_free_port(host, account_port, "--account-port")
    try:
        serve(data, host, port, Behaviour(FORMS[like], issuer, account_port, block_private_hosts))
    except PracticeError as error:
        raise click.ClickException(f"{error.message} Choose another folder with --data.") from error
