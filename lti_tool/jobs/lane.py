"""A lane: so many threads at once do one sort of work, whoever asks for it (a poll, a wake-up, a message)."""

from __future__ import annotations

import threading
from collections.abc import Collection

from lti_tool.jobs.worker import Worker

# Orphaned work is found at the next poll after its lease: 10 + 1 seconds, within the 15 that are promised.
POLL_SECONDS = 1.0


class Lane:
    """`slots`: how many threads work at once. Slow work has a lane of its own, so that it holds up nothing else."""

    def __init__(self, worker: Worker, slots: int) -> None:
        self.worker = worker
        self.slots = slots
        self._lock = threading.Lock()
        self._busy = 0
        self._asked = 0

    @property
    def kinds(self) -> Collection[str]:
        return self.worker.kinds

    def work(self) -> None:
        """Works until nothing is due. Where every slot is taken it returns at once, and one of those who are at work
        looks again before it ends: what was committed before this call is not missed."""
        with self._lock:
            self._asked += 1
            if self._busy >= self.slots:
                return
            self._busy += 1
            asked = self._asked
        while True:
            while not self.worker.stopping and self.worker.work_safely():
                pass
            with self._lock:
                if asked == self._asked or self.worker.stopping:
                    self._busy -= 1
                    return
                asked = self._asked

    def poll(self, wake: threading.Event) -> None:
        """Works whenever woken, and looks by itself every second, until its worker is stopped."""
        while not self.worker.stopping:
            self.work()
            wake.wait(POLL_SECONDS)
            wake.clear()
