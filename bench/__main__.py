"""Runs the benchmarks and keeps their newest results: ``python -m bench [name ...]``.

A benchmark is a module of this folder with ``run() -> list[dict]``; see `bench._results.Row` for the shape of a row.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

from bench._results import Row, as_table, merge

FOLDER = Path(__file__).parent
LATEST = FOLDER / "results" / "latest.json"


def names() -> list[str]:
    """The benchmarks there are, in order. A module whose name starts with _ is none."""
    modules = (module.name for module in pkgutil.iter_modules([str(FOLDER)]))
    return sorted(name for name in modules if name[0] != "_")


def main(wanted: list[str]) -> int:
    """Runs the benchmarks named, or all; gives the exit status."""
    known = names()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"No benchmark is called {', '.join(unknown)}. There are: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in wanted or known:
        print(f"{name} …", flush=True)
        rows: list[Row] = importlib.import_module(f"bench.{name}").run()
        # Kept at once: a later benchmark that fails does not cost the earlier ones.
        merge(LATEST, rows)
        print(as_table(rows), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
