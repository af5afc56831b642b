"""What a command answers: a line for people, or JSON for programs."""

from __future__ import annotations

import json
from typing import Any

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def tell(as_json: bool, document: Any, words: str) -> None:
    click.echo(json.dumps(document, indent=2) if as_json else words)
