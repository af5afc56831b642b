"""The shape of a result, the file that keeps the newest ones, and the table a person reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypedDict


class Row(TypedDict):
    """One comparison. `ours` and `peer` are medians of `runs` interleaved runs in `unit`; `ratio` is ours / peer.

    Where no peer exists, `peer` is the target that was promised, and `peer_name` says so.
    """

    name: str
    ours: float
    peer: float
    ratio: float
    unit: str
    peer_name: str
    runs: int


def merge(path: Path, rows: list[Row]) -> None:
    """Puts rows into the file at `path`, in place of those with the same name; sorted by name."""
    kept: list[Row] = json.loads(path.read_text()) if path.exists() else []
    by_name = {row["name"]: row for row in [*kept, *rows]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([by_name[name] for name in sorted(by_name)], indent=2) + "\n")


def as_table(rows: list[Row]) -> str:
    """Aligned columns: name, ours, peer, ratio, unit, the peer's name, runs."""
    head = ("name", "ours", "peer", "ratio", "unit", "against", "runs")
    body = [
        (
            row["name"],
            f"{row['ours']:,.4g}",
            f"{row['peer']:,.4g}",
            f"{row['ratio']:.2f}",
            row["unit"],
            row["peer_name"],
            str(row["runs"]),
        )
        for row in rows
    ]
    widths = [max(len(line[column]) for line in [head, *body]) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [head, *body]
    )
