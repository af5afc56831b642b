"""The list of failpoints in docs/reference/failpoints.md, as the story comes to them. ``make reference`` writes it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from scripts.write_reference import REFERENCE, with_part
from tests.chaos.stage import sqlite_stage

DOCUMENT = REFERENCE / "failpoints.md"


def listed(points: Iterable[str]) -> str:
    """One row for each use case, in the order in which the story comes to it."""
    by_place: dict[str, list[str]] = {}
    for point in dict.fromkeys(points):
        by_place.setdefault(point.partition(".")[0], []).append(point)
    rows = [f"| {place} | {', '.join(f'`{point}`' for point in found)} |" for place, found in by_place.items()]
    return "\n".join(["| where | failpoints |", "|---|---|", *rows]) + "\n"


def document(points: Iterable[str]) -> str:
    return with_part(DOCUMENT.read_text(), listed(points))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, sqlite_stage(Path(folder)) as stage:
        DOCUMENT.write_text(document(stage.points()))
    print("wrote docs/reference/failpoints.md")
