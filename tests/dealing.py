"""In which order several processes take the tests: none is left with a long one while the others have nothing to do.

`--dist worksteal` cuts the list into as many parts as there are processes. Who is done with its part takes over from
the ends of the others, so each part begins with slow tests and ends with quick ones. The slow tests of one folder stand
in one part: they start programs and watch the time, and would be in one another's way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent


def dealt(tests: Sequence[pytest.Item], processes: int) -> list[pytest.Item]:
    """The same tests, in the order in which `processes` are to be dealt them."""
    parts: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for number, folder in enumerate(_slow_by_folder(tests)):
        parts[number % processes] += folder
    quick = [test for test in tests if not _is_slow(test)]
    order: list[pytest.Item] = []
    for number, part in enumerate(parts):
        # Stable: what shares a fixture stays together.
        part.sort(key=_longest, reverse=True)
        # As xdist cuts: what is left by those who are left.
        room = max(0, (len(tests) - len(order)) // (processes - number) - len(part))
        order += [*part, *quick[:room]]
        quick = quick[room:]
    return order + quick


def _slow_by_folder(tests: Sequence[pytest.Item]) -> list[list[pytest.Item]]:
    """The slow tests of each folder of `tests`; the folder with the most of them first."""
    folders: dict[str, list[pytest.Item]] = defaultdict(list)
    for test in tests:
        if _is_slow(test):
            folders[test.path.relative_to(_ROOT).parts[0]].append(test)
    return sorted(folders.values(), key=len, reverse=True)


def _is_slow(test: pytest.Item) -> bool:
    return test.get_closest_marker("slow") is not None


def _longest(test: pytest.Item) -> float:
    """How long a test may take says best how long it takes."""
    allowed = test.get_closest_marker("timeout")
    return float(allowed.args[0]) if allowed else 0.0
