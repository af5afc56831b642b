"""The command group, and how errors are told."""

from __future__ import annotations

import sys
from importlib import import_module

import click
from pydantic import ValidationError

from lti_tool.domain.errors import BadgeToolError

# Where each command stands. Only the one that is asked for is imported: a worker needs no web site in its memory.
COMMANDS = {
    "serve": "lti_tool.cli.run:serve",
    "signer": "lti_tool.cli.signer:signer",
    "worker": "lti_tool.cli.worker:worker",
    "db": "lti_tool.cli.operate:db",
    "issuer": "lti_tool.cli.issuers:issuer",
    "keys": "lti_tool.cli.keys:keys",
    "api-key": "lti_tool.cli.api_keys:api_key",
    "platform": "lti_tool.cli.platforms:platform",
    "endorsement": "lti_tool.cli.endorsements:endorsement",
    "events": "lti_tool.cli.events:events",
    "issuing": "lti_tool.cli.events:issuing",
    "criteria": "lti_tool.cli.criteria:criteria",
    "ledger": "lti_tool.cli.ledger:ledger",
    "freshness": "lti_tool.cli.freshness:freshness",
    "doctor": "lti_tool.cli.doctor:doctor",
    "demo": "lti_tool.cli.demo:demo",
    "demo-reset": "lti_tool.cli.demo:demo_reset",
    "practice-lms": "lti_tool.cli.practice_lms:practice_lms",
    "replay": "lti_tool.cli.replay:replay",
    "verify": "lti_tool.cli.verify:verify",
    "withdraw": "lti_tool.cli.withdraw:withdraw",
}


class Commands(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lti-badges")
def cli() -> None:
    """LTI Badges: a course earns its learners Open Badges by itself."""


def main() -> None:
    """Runs a command. What a person can mend is one line on standard error, and exit code 1."""
    try:
        cli(standalone_mode=True)
    except BadgeToolError as error:
        click.echo(f"{error.code}: {error.message} {error.hint}".strip(), err=True)
        sys.exit(1)
    except ValidationError as error:
        for problem in error.errors():
            click.echo(f"settings: {'.'.join(map(str, problem['loc']))}: {problem['msg']}", err=True)
        sys.exit(1)
