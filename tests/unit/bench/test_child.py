"""Parts of benchmarks in processes of their own."""

from __future__ import annotations

import pytest

from bench._child import in_child
from lti_tool.domain.criteria import parse


@pytest.mark.timeout(30)
def test_a_failure_that_does_not_travel_between_processes_is_told_by_its_traceback() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)Traceback.*CriteriaError: criteria\.[a-z_]+"):
        in_child(parse, {"type": "no such type"})


def test_what_it_gives_comes_back() -> None:
    assert in_child(divmod, 7, 2) == (3, 1)
