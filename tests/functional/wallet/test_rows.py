"""Every row of the catalogue of refusals has a test that bears its number, or a reason why it has none."""

from __future__ import annotations

import re
from pathlib import Path

ROWS = 48

DROPPED = {
    17: "Every wallet is anonymous here: no client is registered, so no client_id can be required.",
}


def test_every_row_has_a_test_or_a_reason() -> None:
    tests = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    tested = {int(number) for number in re.findall(r"^def test_wv(\d\d)_", tests, re.MULTILINE)}
    assert tested | DROPPED.keys() == set(range(1, ROWS + 1))
    assert not tested & DROPPED.keys()
