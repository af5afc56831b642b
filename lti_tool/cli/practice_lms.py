"""lti-badges practice-lms: the platform to practise with."""

from __future__ import annotations

from pathlib import Path

import click

from lti_tool.cli.run import require_free_port
from lti_tool.sandbox.server import serve


@click.command("practice-lms")
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/practice-lms"), show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
def practice_lms(data: Path, host: str, port: int) -> None:
    """Serve the practice LMS: one course, a teacher, learners. For trying things, never for the public."""
    require_free_port(host, port, "--port")
    serve(data, host, port)
