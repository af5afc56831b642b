"""The documents: links that lead somewhere, and references that leave nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from lti_tool.cli.main import cli
from scripts.write_reference import documents

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "config").glob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]
    assert broken == []


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(LINK.findall((folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("0*.md")}


def test_the_reference_is_not_behind_the_code() -> None:
    behind = [path.name for path, text in documents().items() if path.read_text() != text]
    assert behind == [], "run: make reference"


def test_every_command_is_explained() -> None:
    reference = (ROOT / "docs/reference/cli.md").read_text()
    missing = [words for words in _commands(cli) if f"`{words}" not in reference]
    assert missing == []


def _commands(command: click.Command, words: str = "") -> list[str]:
    """The words of every command that does something, below `command`."""
    if not isinstance(command, click.Group):
        return [words]
    return [line for name, part in command.commands.items() for line in _commands(part, f"{words} {name}".strip())]
