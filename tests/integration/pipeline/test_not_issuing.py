"""A platform that is a copy for testing: everything is weighed, nobody is awarded, until an administrator says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.usecases.set_issuing import SetIssuing
from tests.factories.house import REGISTRATION, TestHouse, make_house


@pytest.fixture
def lab(database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(database_url, tmp_path)
    yield made
    made.house.engine.dispose()


def _awards(lab: TestHouse) -> int:
    with lab.house.transactions(write=False) as unit:
        return len(unit.awards.of_course(lab.course.id))


def _set(lab: TestHouse, *, issuing: bool) -> None:
    SetIssuing(lab.house.transactions, lab.house.settings.tenant)(REGISTRATION, issuing=issuing)
    lab.work()


def test_nobody_is_awarded_on_a_copy_and_everybody_who_earned_it_afterwards(lab: TestHouse) -> None:
    _set(lab, issuing=False)
    lab.publish()
    lab.hear(lab.score("ana", 95.0), lab.module("ana"), lab.score("ben", 10.0))
    lab.work()
    assert _awards(lab) == 0
    _set(lab, issuing=True)
    assert _awards(lab) == 1


def test_awards_stay_when_a_platform_stops_issuing(lab: TestHouse) -> None:
    lab.publish()
    lab.hear(lab.score("ana", 95.0), lab.module("ana"))
    lab.work()
    assert _awards(lab) == 1
    _set(lab, issuing=False)
    lab.hear(lab.score("ben", 95.0), lab.module("ben"))
    lab.work()
    assert _awards(lab) == 1
