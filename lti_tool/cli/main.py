"""The command group, and how errors are told."""

from __future__ import annotations

import sys

import click
from pydantic import ValidationError

from lti_tool.cli.demo import demo, demo_reset
from lti_tool.cli.doctor import doctor
from lti_tool.cli.events import events, issuing
from lti_tool.cli.keys import keys
from lti_tool.cli.operate import db
from lti_tool.cli.platforms import platform
from lti_tool.cli.practice_lms import practice_lms
from lti_tool.cli.replay import replay
from lti_tool.cli.run import serve, worker
from lti_tool.domain.errors import BadgeToolError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="lti-badges")
def cli() -> None:
    """LTI Badges: a course earns its learners Open Badges by itself."""


for command in (serve, worker, db, keys, platform, events, issuing, doctor, demo, demo_reset, practice_lms, replay):
    cli.add_command(command)


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
