"""Worker threads: one for work of our own, one for work that waits for platforms."""

from __future__ import annotations

import threading

from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.monitoring import timed
from lti_tool.jobs.worker import Worker
from lti_tool.usecases.work import LOCAL_WORK, NETWORK_WORK


class Workers:
    """The workers of one process."""

    def __init__(self, house: House) -> None:
        handlers = {kind: timed(house.metrics, kind, do) for kind, do in house.handlers().items()}
        self._workers = [
            Worker(house.queue, house.clock, {kind: handlers[kind] for kind in kinds}, house.wake.event())
            for kinds in (LOCAL_WORK, NETWORK_WORK)
        ]
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        for number, worker in enumerate(self._workers):
            thread = threading.Thread(target=worker.run, name=f"worker-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, seconds: float = 30.0) -> None:
        """Lets what was begun finish, for as long as that."""
        for worker in self._workers:
            worker.stop()
        for thread in self._threads:
            thread.join(seconds)

    def work_until_idle(self) -> None:
        """Does all that is due in this thread (for the replay of recordings and for tests)."""
        while sum(worker.work_once() for worker in self._workers):
            pass
