"""The table of `make mutants` follows the source: each check is found once, and what replaces it can be read."""

from __future__ import annotations

import ast

import pytest

from scripts.launch_checks import CHECKS, FIRST, Check
from scripts.mutants import ROOT, TESTS, Mutant, mutants_of, mutated

ALL = [mutant for check in CHECKS for mutant in mutants_of(check)]


@pytest.mark.parametrize("mutant", ALL, ids=[f"{one.check.kind}-{one.how}-{number}" for number, one in enumerate(ALL)])
def test_every_mutant_still_applies(mutant: Mutant) -> None:
    source = (ROOT / "lti_tool" / mutant.check.path).read_text()
    changed = mutated(source, mutant)
    assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source))


def test_the_five_named_checks_are_among_them() -> None:
    assert set(FIRST) <= {check.kind for check in CHECKS}
    assert len(set(CHECKS)) == len(CHECKS)
    assert all((ROOT / path).is_file() for path in TESTS)


def test_a_line_that_is_not_there_once_is_an_error() -> None:
    check = Check("signature", "lti/message.py", "if gone:")
    for source in ("x = 1\n", "if gone:\n    pass\nif gone:\n    pass\n"):
        with pytest.raises(ValueError, match="if gone:"):
            mutated(source, mutants_of(check)[0])


def test_a_condition_is_turned_round_as_a_whole() -> None:
    check = Check("state", "x.py", "if a or b:  # why: because")
    assert [one.line for one in mutants_of(check)] == ["if False:", "if not (a or b):"]
