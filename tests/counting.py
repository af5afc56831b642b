"""Counts the rows of the catalogues that tests have proved, also where they run in several processes.

A test names its rows with ``@pytest.mark.row("JH10", "EV12")``; several tests may name one row. A row counts where
every test that names it has passed. ``tests/conftest.py`` hooks this in; each catalogue says its own sentence.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

_PROPERTY = "catalogue-row"
_PRINT_ROWS = "LTIB_PRINT_ROWS"
# What a row was proved on; "" for a test that needs no database.
DATABASES = ("sqlite", "postgresql")

Proved = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`rows` are its ids. `summary` makes its line of what was proved: by row the databases it was proved on."""

    rows: frozenset[str]
    summary: Callable[[Proved], str]


class Tally:
    """What passed and what did not, test by test."""

    def __init__(self) -> None:
        self._passed: set[tuple[str, str]] = set()
        self._failed: set[str] = set()

    def note(self, report: pytest.TestReport) -> None:
        marks = {tuple(str(value).split("@")) for name, value in report.user_properties if name == _PROPERTY}
        if report.when == "call" and report.passed:
            self._passed.update((row, database) for row, database in marks)
        elif not report.passed:
            self._failed.update(row for row, _ in marks)

    @property
    def proved(self) -> Proved:
        rows = {row for row, _ in self._passed} - self._failed
        return {row: frozenset(database for one, database in self._passed if one == row) for row in rows}

    @property
    def seen(self) -> set[str]:
        return {row for row, _ in self._passed} | self._failed


class Counting:
    """A plugin of pytest."""

    NAME = "catalogue-counting"

    def __init__(self, catalogues: Iterable[Catalogue]) -> None:
        self._catalogues = tuple(catalogues)
        self._tally = Tally()
        self._named: list[tuple[Path, str]] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """A report carries the rows of its test from the process that ran it. Looks before anything is deselected."""
        named = [(item, f"{row}@{_database_of(item)}") for item in items for row in _rows_of(item)]
        for item, mark in named:
            item.user_properties.append((_PROPERTY, mark))
        self._named = [(item.path, mark) for item, mark in named]
        if _PRINT_ROWS in os.environ:
            print(f"\n{_PRINT_ROWS}", *sorted({mark for _, mark in named}))  # noqa: T201

    def marks_under(self, *folders: Path) -> set[str]:
        """The marks of all tests of these folders, where they were all collected."""
        return {mark for path, mark in self._named if any(path.is_relative_to(folder) for folder in folders)}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._tally.note(report)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for catalogue in self._catalogues:
            if catalogue.rows & self._tally.seen:
                terminalreporter.write_line(catalogue.summary(self._tally.proved))


def rows_with_tests(config: pytest.Config, *folders: Path) -> Proved:
    """The rows that tests of these folders name, and on which databases, whichever of them run now."""
    found: dict[str, set[str]] = {}
    for row, _, database in (mark.partition("@") for mark in _marks(config, *folders)):
        found.setdefault(row, set()).add(database)
    return {row: frozenset(databases) for row, databases in found.items()}


def _marks(config: pytest.Config, *folders: Path) -> Iterable[str]:
    """From this run where it is one of everything, else from another process that only collects."""
    everything = [config.rootpath / folder for folder in config.getini("testpaths")]
    if [config.rootpath / given for given in config.args] == everything and not _leaves_files_out(config):
        return config.pluginmanager.getplugin(Counting.NAME).marks_under(*folders)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        + [str(folder) for folder in folders],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, _PRINT_ROWS: "1"},
    )
    lines = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith(_PRINT_ROWS)]
    if done.returncode != 0 or len(lines) != 1:
        raise AssertionError(done.stdout[-2000:] + done.stderr[-2000:])
    return lines[0]


def _leaves_files_out(config: pytest.Config) -> bool:
    return any(config.getoption(name, None) for name in ("lf", "ignore", "ignore_glob"))


def _rows_of(item: pytest.Item) -> list[str]:
    return [str(row) for marker in item.iter_markers("row") for row in marker.args]


def _database_of(item: pytest.Item) -> str:
    """Which kind of database the fixture `databases` gives this test."""
    callspec = getattr(item, "callspec", None)
    return str(callspec.params.get("databases", "")) if callspec is not None else ""
