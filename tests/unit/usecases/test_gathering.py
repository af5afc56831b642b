"""Calls that come at once are done together; each gets its own answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from lti_tool.usecases.gathering import MOST_TOGETHER, Gathering


class Slow:
    """Doubles numbers; the first call is held until it may go on. What is odd is refused, 13 fails for all."""

    def __init__(self) -> None:
        self.runs: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, groups: Iterable[Sequence[int]]) -> list[int | Exception]:
        asked: list[int] = []
        self.runs.append(asked)
        for group in groups:
            asked += group
            self.begun.set()
            assert self.go_on.wait(30)
        if 13 in asked:
            raise ArithmeticError("thirteen")
        return [ValueError(number) if number % 2 else 2 * number for number in asked]


def ask_while_one_is_held(slow: Slow, numbers: Sequence[int]) -> list[Future[int]]:
    """The first number is being done while the others come."""
    gathering = Gathering(slow)
    came = threading.Barrier(len(numbers))

    def ask(number: int) -> int:
        came.wait(30)
        return gathering(number)

    with ThreadPoolExecutor(len(numbers)) as pool:
        first = pool.submit(gathering, numbers[0])
        assert slow.begun.wait(30)
        others = [pool.submit(ask, number) for number in numbers[1:]]
        came.wait(30)
        while len(gathering._waiting) < len(others):
            time.sleep(0.001)
        slow.go_on.set()
    return [first, *others]


def test_one_call_is_done_at_once() -> None:
    slow = Slow()
    slow.go_on.set()
    gathering = Gathering(slow)
    assert [gathering(2), gathering(4)] == [4, 8]
    assert slow.runs == [[2], [4]]


def test_those_who_come_meanwhile_are_done_with_it() -> None:
    slow = Slow()
    numbers = list(range(0, 20, 2))
    answers = ask_while_one_is_held(slow, numbers)
    assert [answer.result() for answer in answers] == [2 * number for number in numbers]
    [run] = slow.runs
    assert run[0] == 0
    assert sorted(run) == numbers


def test_an_error_is_raised_for_its_own_caller() -> None:
    held, refused, fine = ask_while_one_is_held(Slow(), [0, 3, 4])
    assert (held.result(), fine.result()) == (0, 8)
    with pytest.raises(ValueError, match="3"):
        refused.result()


def test_a_run_that_fails_fails_for_all_and_the_next_goes_on() -> None:
    slow = Slow()
    for answer in ask_while_one_is_held(slow, [0, 13, 2]):
        with pytest.raises(ArithmeticError, match="thirteen"):
            answer.result()
    assert Gathering(slow)(6) == 12


def test_no_run_takes_more_than_it_may() -> None:
    slow = Slow()
    answers = ask_while_one_is_held(slow, [2] * (MOST_TOGETHER + 11))
    assert {answer.result() for answer in answers} == {4}
    assert [len(run) for run in slow.runs] == [MOST_TOGETHER, 11]


def test_a_run_that_fails_before_it_takes_anybody_fails_for_who_was_first() -> None:
    is_broken = True

    def do(groups: Iterable[Sequence[int]]) -> list[int | Exception]:
        if is_broken:
            raise ConnectionError("away")
        return [number for group in groups for number in group]

    gathering = Gathering(do)
    for _ in range(2):
        with pytest.raises(ConnectionError):
            gathering(1)
    is_broken = False
    assert gathering(2) == 2
