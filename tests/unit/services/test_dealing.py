"""Several processes: no part of the tests is lost, and none begins with what is quick while something slow waits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.dealing import dealt

_TESTS = Path(__file__).parents[2]


@dataclass(eq=False)
class Test:
    """As far as it matters here. `allowed` seconds for a slow one, 0 for a quick one."""

    __test__ = False

    folder: str
    allowed: int = 0

    @property
    def path(self) -> Path:
        return _TESTS / self.folder / "test_it.py"

    def get_closest_marker(self, name: str) -> Any:
        made = {"slow": pytest.mark.slow, "timeout": pytest.mark.timeout(self.allowed)}[name]
        return made.mark if self.allowed else None


QUICK = [Test("unit") for _ in range(90)]
CHAOS = [Test("chaos", allowed) for allowed in (120, 600, 120, 240)]
BROWSER = [Test("e2e", allowed) for allowed in (180, 300, 180)]


def parts(tests: list[Any], processes: int) -> list[list[Any]]:
    """As xdist cuts a list for `--dist worksteal`."""
    order, cut = dealt(tests, processes), []
    for left in range(processes, 0, -1):
        size = len(order) // left
        cut.append(order[:size])
        order = order[size:]
    return cut


@pytest.mark.parametrize("processes", [1, 2, 3, 5, 17])
def test_nothing_is_lost_and_nothing_doubled(processes: int) -> None:
    tests = [*QUICK[:40], *CHAOS, *BROWSER, *QUICK[40:]]
    assert Counter(test for part in parts(tests, processes) for test in part) == Counter(tests)


def test_the_slow_ones_of_a_folder_come_first_in_one_part_and_the_longest_before_the_others() -> None:
    first, second, third = parts([*QUICK[:40], *CHAOS, *BROWSER, *QUICK[40:]], 3)
    assert [test.allowed for test in first[:5]] == [600, 240, 120, 120, 0]
    assert [test.allowed for test in second[:4]] == [300, 180, 180, 0]
    assert not any(test.allowed for test in third)


@pytest.mark.parametrize("tests", [CHAOS, QUICK[:1], []])
def test_a_selection_of_few_is_dealt_as_well(tests: list[Any]) -> None:
    assert Counter(dealt(tests, 3)) == Counter(tests)
