"""One call at a time with a key, whichever process makes it; a process that died holds nobody up for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lti_tool.bootstrap.house import House, assemble
from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.canvas_rest import Turns
from lti_tool.sources.canvas_rest.turns import LEASE
from lti_tool.usecases.ports import ApiGrant
from tests.factories.house import REGISTRATION, TestHouse, make_house
from tests.fakes.canvas import URL

PROCESSES, CALLS = 4, 5


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    with made.house.transactions() as unit:
        unit.api_grants.save(ApiGrant(REGISTRATION, URL, "7", "secret", "access", "refresh"))
        unit.commit()
    yield made
    made.house.engine.dispose()


def test_calls_of_all_processes_are_made_one_after_another(lab: TestHouse) -> None:
    houses: list[House] = [assemble(lab.house.settings, platform=lab.house.platform) for _ in range(PROCESSES)]
    running, most, done, lock = 0, 0, 0, threading.Lock()

    def process(house: House) -> None:
        nonlocal running, most, done
        turns = Turns(house.transactions, time.sleep)
        for _ in range(CALLS):
            with turns.turn(REGISTRATION):
                with lock:
                    running += 1
                    most = max(most, running)
                time.sleep(0.01)
                with lock:
                    running -= 1
                    done += 1

    threads = [threading.Thread(target=process, args=(house,)) for house in houses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for house in houses:
        house.engine.dispose()
    assert (most, done) == (1, PROCESSES * CALLS)


def waiting(lab: TestHouse) -> tuple[Turns, list[float]]:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        lab.clock.pass_time(seconds=seconds)

    return Turns(lab.house.transactions, wait), waits


def take(lab: TestHouse, holder: str) -> bool:
    with lab.house.transactions() as unit:
        now = unit.work_time()
        taken = unit.api_grants.take_turn(REGISTRATION, holder, now, now + LEASE)
        unit.commit()
    return taken


def test_who_finds_it_taken_waits_a_little_and_then_comes_back_later(lab: TestHouse) -> None:
    assert take(lab, "somebody else")
    turns, waits = waiting(lab)
    with pytest.raises(BadgeToolError) as busy, turns.turn(REGISTRATION):
        pass
    assert busy.value.code == "canvas.busy"
    assert 9 < sum(waits) <= 10


def test_the_turn_of_a_process_that_died_ends_by_itself(lab: TestHouse) -> None:
    assert take(lab, "died")
    lab.clock.pass_time(seconds=LEASE.total_seconds())
    turns, waits = waiting(lab)
    with turns.turn(REGISTRATION):
        assert not take(lab, "another")
    assert waits == []
    assert take(lab, "another")


def test_who_comes_back_late_ends_nobody_elses_turn(lab: TestHouse) -> None:
    assert take(lab, "slow")
    lab.clock.pass_time(seconds=LEASE.total_seconds() + 1)
    assert take(lab, "next")
    with lab.house.transactions() as unit:
        unit.api_grants.end_turn(REGISTRATION, "slow", unit.work_time() + timedelta(hours=1))
        unit.commit()
    assert not take(lab, "third")
    with lab.house.transactions(write=False) as unit:
        assert unit.api_grants.rests_until(REGISTRATION) is None


def test_a_rest_is_for_all_and_the_tokens_are_not_lost_by_it(lab: TestHouse) -> None:
    turns, waits = waiting(lab)
    with turns.turn(REGISTRATION) as turn:
        turn.rest = 3.0
    assert not take(lab, "another")
    with turns.turn(REGISTRATION):
        pass
    assert waits == [pytest.approx(3.0)]
    with lab.house.transactions(write=False) as unit:
        held: Any = unit.api_grants.get(REGISTRATION)
    assert (held.access_token, held.refresh_token) == ("access", "refresh")
