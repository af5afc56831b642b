"""Whom the oracle would catch: twenty mistakes, each seeded into the tool, and what it says of them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.bugs import BUGS
from tests.chaos.nursery import STOPPED
from tests.chaos.stage import KILLED, Played, Stage

ORACLE = Path(__file__).with_name("oracle.py")


def frozen_and_overtaken(stage: Stage, bug: str = "") -> Played:
    """A worker freezes before it tells the gradebook; another takes its work over and dies; the first wakes and is
    refused by the platform, for good. It is not its work any more: that is for a third to do."""
    stage.begin()
    assert stage.run(freeze="before gradebook.http.post 2", bug=bug, generation=1) == STOPPED
    assert stage.run(failpoint="after queue.claim 2", bug=bug, generation=2) == KILLED
    stage.lms.refuses_with, stage.lms.refusals = 403, 1
    first = stage.resume()
    assert stage.lms.refusals == 0
    return Played(first, stage.run(bug=bug, generation=3), stage.judge())


def frozen_while_making_a_column(stage: Stage) -> Played:
    """A worker freezes with the order for a new column in its hands; another makes the column; the first wakes, and
    its order leaves after all."""
    stage.begin()
    assert stage.run(freeze="before gradebook.http.post", generation=1) == STOPPED
    assert stage.lms.columns() == []
    second = stage.run(generation=2)
    assert stage.resume() == KILLED
    assert stage.lms.columns_made == 2
    return Played(KILLED, second, stage.judge())


def platform_down(stage: Stage, bug: str = "") -> Played:
    """The gradebook is away for one call."""
    stage.begin()
    stage.lms.refuses_with, stage.lms.refusals = 503, 1
    return Played(stage.run(bug=bug, generation=1), stage.run(bug=bug, generation=2), stage.judge())


def play(stage: Stage, failpoint: str, bug: str = "") -> Played:
    special = {"zombie": frozen_and_overtaken, "platform down": platform_down}.get(failpoint)
    return special(stage, bug) if special else stage.play(failpoint, bug)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("stage", ["sqlite"], indirect=True)
def test_every_seeded_bug_is_noticed(stage: Stage) -> None:
    unnoticed, falsely = [], []
    seeded = {name: bug for name, bug in BUGS.items() if bug.failpoint != "power cut"}
    for name, bug in seeded.items():
        played = play(stage, bug.failpoint, name)
        print(f"{name:30} {bug.failpoint:40} {sorted({violation.kind for violation in played.violations})}")
        if not played.violations:
            unnoticed.append(name)
    # Without a bug nothing is wrong there; at all other failpoints test_failpoints.py shows that.
    for scene in ("zombie", "platform down"):
        played = play(stage, scene)
        if played.violations or played.second:
            falsely.append((scene, played))
    print(f"{len(seeded) - len(unnoticed)} of {len(seeded)} seeded bugs noticed")
    assert (unnoticed, falsely) == ([], []), stage.log()
    assert len(seeded) >= 20


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["postgresql"], indirect=True)
@pytest.mark.parametrize("scene", [frozen_and_overtaken, frozen_while_making_a_column])
def test_who_was_only_asleep_changes_nothing(stage: Stage, scene: Callable[[Stage], Played]) -> None:
    played = scene(stage)
    assert (played.first, played.second, played.violations) == (KILLED, 0, []), stage.log()


def test_the_oracle_knows_nothing_of_the_tool() -> None:
    imported = {
        alias.name if isinstance(node, ast.Import) else str(node.module)
        for node in ast.walk(ast.parse(ORACLE.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
