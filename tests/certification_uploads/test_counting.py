"""No row of the upload catalogue is without a test, and the count counts what passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.certification_uploads.rows import ROWS, summary
from tests.counting import rows_with_tests

HERE = Path(__file__).parent
FOLDERS = (HERE, HERE.parent / "unit" / "images", HERE.parent / "functional" / "web")


def test_every_row_has_its_test(pytestconfig: pytest.Config) -> None:
    tested = {row for row in rows_with_tests(pytestconfig, *FOLDERS) if row.startswith("UP")}
    assert tested == ROWS.keys()


def test_the_rows_are_as_many_as_the_catalogue_has() -> None:
    assert list(ROWS) == [f"UP{number:02}" for number in range(1, 37)]


def test_the_count_names_what_is_missing() -> None:
    proved = dict.fromkeys(ROWS, frozenset({""}))
    assert summary(proved) == "Upload catalogue: 36 of 36 rows"
    del proved["UP07"]
    assert summary(proved) == "Upload catalogue: 35 of 36 rows (not: UP07)"
