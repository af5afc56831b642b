"""No row of the events catalogue is without a test on both databases, and the count counts what passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.certification_events.rows import POSITIVE, ROWS, WAITING, missing, summary
from tests.counting import DATABASES, Proved, rows_with_tests

HERE = Path(__file__).parent
FOLDERS = (HERE, HERE.parent / "functional" / "sources", HERE.parent / "functional" / "web")


def test_every_row_has_its_test_on_both_databases(pytestconfig: pytest.Config) -> None:
    tested = rows_with_tests(pytestconfig, *FOLDERS)
    assert {row for row in tested if row.startswith("EV")} <= ROWS.keys(), "a test names a row that does not exist"
    assert set(missing(tested)) <= WAITING


def test_the_rows_are_as_many_as_the_catalogue_has() -> None:
    assert (list(ROWS), POSITIVE in ROWS) == ([f"EV{number:02}" for number in range(1, 51)], True)


def test_the_count_names_what_is_missing() -> None:
    both: Proved = dict.fromkeys(ROWS, frozenset(DATABASES))
    assert summary(both) == "Event catalogue: 50 of 50 rows on SQLite and PostgreSQL"
    assert summary({**both, "EV07": frozenset({"sqlite"})}).endswith(
        "49 of 50 rows on SQLite and PostgreSQL (not: EV07)"
    )
    assert summary({}).endswith("EV12 …)")
