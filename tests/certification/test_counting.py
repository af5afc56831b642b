"""No row of the launch catalogue is without a test, and the count counts what passed."""

from __future__ import annotations

from lti_tool.lti.refusals import known_codes
from tests.certification.counting import rows_with_tests, summary
from tests.certification.rows import ACCEPTED, NOT_A_REFUSED_LAUNCH, POSITIVE, REFUSED, ROWS, WAITING

LAUNCH_FAMILIES = ("login.", "state.", "jwt.", "keys.", "claim.", "lti.", "dl.")


def test_every_row_has_its_test() -> None:
    tested = rows_with_tests()
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
    assert summary([*ROWS, *ACCEPTED]) == "Launch catalogue: 151 refused, 24 accepted"
    assert summary([POSITIVE, "LI01", ACCEPTED[0]]) == "Launch catalogue: 1 of 151 refused, 1 of 24 accepted"
