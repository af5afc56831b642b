"""A worker and its lane, over a queue in memory."""

from __future__ import annotations

import threading
import time
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.jobs import worker as worker_module
from lti_tool.jobs.lane import Lane
from lti_tool.jobs.worker import Worker
from lti_tool.usecases.platform_circuit import Resting
from lti_tool.usecases.ports import Job


class MemoryQueue:
    """What became of each piece of work by its id; `stolen` are the ids that somebody else took over."""

    def __init__(self, count: int) -> None:
        self.waiting = [Job(number, "k", {"number": number}, 1, 1) for number in range(count)]
        self.became: dict[int, Any] = {}
        self.stolen: set[int] = set()
        self.away = False
        self._lock = threading.Lock()

    def claim(self, lease: timedelta, limit: int, kinds: Any) -> list[Job]:
        if self.away:
            raise ConnectionError
        with self._lock:
            taken, self.waiting = self.waiting[:limit], self.waiting[limit:]
        return taken

    def holding(self, *jobs: Job) -> Any:
        return nullcontext()

    def renew(self, jobs: Any, lease: timedelta) -> set[int]:
        return {job.id for job in jobs} - self.stolen

    def _became(self, job: Job, what: Any) -> bool:
        self.became[job.id] = what
        return job.id not in self.stolen

    def done(self, *jobs: Job) -> bool:
        ours = [self._became(job, "done") for job in jobs]
        return all(ours)

    def retry(self, job: Job, wait: timedelta, error: str, *, counted: bool = True) -> bool:
        return self._became(job, ("retry", counted))

    def release(self, job: Job) -> bool:
        return self._became(job, "released")

    def bury(self, job: Job, error: str) -> bool:
        return self._became(job, "buried")


def test_one_failure_stops_no_other() -> None:
    errors = {1: ValueError("x"), 2: BadgeToolError("criteria.target_unknown", "x"), 3: Resting(3.0)}

    def handle(number: int) -> None:
        if number in errors:
            raise errors[number]

    queue = MemoryQueue(5)
    assert Worker(queue, {"k": handle}).work_once() == 5
    assert queue.became == {0: "done", 1: ("retry", True), 2: "buried", 3: ("retry", False), 4: "done"}


def test_who_was_overtaken_says_nothing_about_the_work() -> None:
    def handle(number: int) -> None:
        raise BadgeToolError("outbox.taken_over", "Another worker has taken this work over.")

    queue = MemoryQueue(1)
    Worker(queue, {"k": handle}).work_once()
    assert queue.became == {}


def test_a_worker_that_is_to_end_finishes_what_it_began_and_gives_back_the_rest() -> None:
    queue = MemoryQueue(3)

    def handle(number: int) -> None:
        worker.stop()

    worker = Worker(queue, {"k": handle})
    worker.work_once()
    assert queue.became == {0: "done", 1: "released", 2: "released"}


def test_what_was_taken_over_before_it_was_begun_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "RENEW_EVERY_SECONDS", 0.01)
    queue, begun = MemoryQueue(3), []

    def handle(number: int) -> None:
        begun.append(number)
        queue.stolen = {1}
        time.sleep(0.2)

    Worker(queue, {"k": handle}).work_once()
    assert begun == [0, 2]


def test_leases_are_renewed_only_while_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that outlived its work would hold its worker, and what that holds, for ever."""
    monkeypatch.setattr(worker_module, "RENEW_EVERY_SECONDS", 0.01)
    renewed: list[set[int]] = []

    class Noting(MemoryQueue):
        def renew(self, jobs: Any, lease: timedelta) -> set[int]:
            renewed.append(super().renew(jobs, lease))
            return renewed[-1]

    def renewing() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "lease-renewal"]

    queue = Noting(2)
    before = len(renewing())
    worker = Worker(queue, {"k": lambda number: time.sleep(0.1)}, batch=1)
    for _ in range(2):
        assert worker.work_once() == 1
        deadline = time.monotonic() + 5
        while len(renewing()) > before and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(renewing()) <= before
    assert {0} in renewed
    assert {1} in renewed


def test_it_outlives_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "AWAY_SECONDS", 0.0)
    queue = MemoryQueue(1)
    queue.away = True
    worker = Worker(queue, {"k": lambda number: None})
    assert worker.work_safely() == 0
    queue.away = False
    assert worker.work_safely() == 1


def test_a_lane_has_so_many_at_work_and_misses_nothing_that_was_added_meanwhile() -> None:
    queue, at_work, most = MemoryQueue(0), 0, 0
    lock = threading.Lock()

    def handle(number: int) -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.002)
        with lock:
            at_work -= 1

    lane = Lane(Worker(queue, {"k": handle}, batch=1), slots=2)
    threads = []
    for number in range(60):
        queue.waiting.append(Job(number, "k", {"number": number}, 1, 1))
        threads.append(threading.Thread(target=lane.work))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert len(queue.became) == 60
    assert most == 2


def test_leases_are_renewed_again_after_there_was_no_thread_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "RENEW_EVERY_SECONDS", 0.01)
    monkeypatch.setattr(worker_module, "AWAY_SECONDS", 0.0)
    queue, renewed = MemoryQueue(2), threading.Event()
    worker = Worker(queue, {"k": lambda number: renewed.wait(10)}, batch=1)

    def none_left(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as short:
        short.setattr(threading.Thread, "start", none_left)
        assert worker.work_safely() == 0
    assert queue.became == {}
    renew = queue.renew

    def seen(jobs: Any, lease: timedelta) -> set[int]:
        assert {job.id for job in jobs} == {1}, "what could not be begun is let go"
        renewed.set()
        return renew(jobs, lease)

    monkeypatch.setattr(queue, "renew", seen)
    assert worker.work_once() == 1
    assert renewed.is_set()
    assert queue.became == {1: "done"}


class Together:
    """Notes what it is asked to do at once; fails where one of `bad` is among it."""

    def __init__(self, *bad: int) -> None:
        self.bad = set(bad)
        self.groups: list[list[int]] = []

    def __call__(self, payloads: Any) -> None:
        numbers = [payload["number"] for payload in payloads]
        self.groups.append(numbers)
        if self.bad & set(numbers):
            raise ValueError("one of them")


def test_many_pieces_of_one_kind_are_done_together() -> None:
    alone: list[int] = []

    def note(number: int) -> None:
        alone.append(number)

    queue, together = MemoryQueue(200), Together()
    worker = Worker(queue, {"k": note}, together={"k": together})
    assert [worker.work_once() for _ in range(3)] == [128, 72, 0]
    assert together.groups == [list(range(128)), list(range(128, 200))]
    assert alone == []
    assert set(queue.became.values()) == {"done"}
    assert len(queue.became) == 200


def test_few_pieces_claim_no_more_than_there_are_in_a_batch() -> None:
    queue, together = MemoryQueue(5), Together()
    assert Worker(queue, {"k": lambda number: None}, together={"k": together}).work_once() == 5
    assert together.groups == [[0, 1, 2, 3, 4]]


def test_where_many_fail_together_each_is_tried_alone() -> None:
    def alone(number: int) -> None:
        if number == 3:
            raise BadgeToolError("award.unknown", "gone", status=404)

    queue = MemoryQueue(6)
    Worker(queue, {"k": alone}, together={"k": Together(3)}).work_once()
    assert {number for number, became in queue.became.items() if became == "done"} == {0, 1, 2, 4, 5}
    assert queue.became[3] != "done"


def test_what_was_begun_before_and_did_not_end_goes_alone() -> None:
    """It may be what ended its worker, and would end it again with all that goes along."""
    alone: list[int] = []

    def note(number: int) -> None:
        alone.append(number)

    queue, together = MemoryQueue(4), Together()
    queue.waiting[2] = Job(2, "k", {"number": 2}, 2, 1)
    Worker(queue, {"k": note}, together={"k": together}).work_once()
    assert together.groups == [[0, 1, 3]]
    assert alone == [2]
