"""Counts the rows that tests have proved, also where they run in several processes.

``tests/conftest.py`` hooks this in. A row counts where every test that names it has passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.certification.rows import ACCEPTED, REFUSED

HERE = Path(__file__).parent
_PROPERTY = "certification-row"
_PRINT_ROWS = "LTIB_PRINT_CERTIFICATION_ROWS"

_passed: set[str] = set()
_failed: set[str] = set()


def _rows_of(item: pytest.Item) -> list[str]:
    return [str(row) for marker in item.iter_markers("row") for row in marker.args]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A report carries the rows of its test from the process that ran it."""
    for item in items:
        item.user_properties += [(_PROPERTY, row) for row in _rows_of(item)]
    if _PRINT_ROWS in os.environ:
        print(f"\n{_PRINT_ROWS}", *sorted({row for item in items for row in _rows_of(item)}))  # noqa: T201


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    rows = {str(value) for name, value in report.user_properties if name == _PROPERTY}
    if report.when == "call" and report.passed:
        _passed.update(rows)
    elif not report.passed:
        _failed.update(rows)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _passed or _failed:
        terminalreporter.write_line(summary(_passed - _failed))


def summary(proved: Iterable[str]) -> str:
    """``151 refused, 24 accepted``; where fewer were proved, of how many."""
    counts = [
        str(found) if (found := len(wanted & set(proved))) == len(wanted) else f"{found} of {len(wanted)}"
        for wanted in (set(REFUSED), set(ACCEPTED))
    ]
    return f"Launch catalogue: {counts[0]} refused, {counts[1]} accepted"


def rows_with_tests() -> set[str]:
    """The rows that tests of this folder name, whichever of them run now."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(HERE)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, _PRINT_ROWS: "1"},
    )
    lines = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith(_PRINT_ROWS)]
    if done.returncode != 0 or len(lines) != 1:
        raise AssertionError(done.stdout[-2000:] + done.stderr[-2000:])
    return set(lines[0])
