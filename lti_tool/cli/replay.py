"""lti-badges replay: real recordings through the real pipeline."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def replay() -> None:
    """Feed recordings of a real platform through the tool."""


@replay.command("moodle")
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--criteria", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A rule as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def replay_moodle_command(directory: Path, criteria: Path | None, as_json: bool) -> None:
    """Launches, roster and grades that a real Moodle sent: who gets the badge?

    DIRECTORY holds the recordings (see tests/recordings/README.md). Nothing is sent anywhere, and nothing is kept.
    """
    from lti_tool.replay.moodle import main  # brings the whole house, which --help does not need

    raise SystemExit(main(directory, criteria, as_json=as_json))
