"""No row of the launch catalogue is without a test, and the count counts what passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lti_tool.lti.refusals import known_codes
from tests.certification.rows import ACCEPTED, NOT_A_REFUSED_LAUNCH, POSITIVE, REFUSED, ROWS, WAITING, summary
from tests.counting import Proved, rows_with_tests

LAUNCH_FAMILIES = ("login.", "state.", "jwt.", "keys.", "claim.", "lti.", "dl.")


def test_every_row_has_its_test(pytestconfig: pytest.Config) -> None:
    tested = rows_with_tests(pytestconfig, Path(__file__).parent).keys()
    assert tested <= {*ROWS, *ACCEPTED}, "a test names a row that does not exist"
    assert {*ROWS, *ACCEPTED} - tested == WAITING


def test_the_rows_are_as_many_as_the_catalogue_has() -> None:
    families = [
        sum(row.startswith(family) for row in ROWS) for family in ("LI", "ST", "JH", "JK", "CL", "LT", "AZ", "DR")
    ]
    assert families == [17, 17, 26, 12, 23, 26, 14, 17]
    assert (len(REFUSED), len(ACCEPTED), len(set(ACCEPTED))) == (151, 24, 24)


def test_the_code_of_every_refused_launch_is_documented() -> None:
    expected = {
        code
        for row, code in ROWS.items()
        if row not in NOT_A_REFUSED_LAUNCH and code.startswith(LAUNCH_FAMILIES) and row[:2] != "DR"
    }
    assert expected <= known_codes()


def test_the_count_says_of_how_many() -> None:
    assert summary(_proved(*ROWS, *ACCEPTED)) == "Launch catalogue: 151 refused, 24 accepted"
    assert summary(_proved(POSITIVE, "LI01", ACCEPTED[0])) == "Launch catalogue: 1 of 151 refused, 1 of 24 accepted"


def _proved(*rows: str) -> Proved:
    return dict.fromkeys(rows, frozenset({"sqlite"}))
