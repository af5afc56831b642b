"""The workers of one process: a lane for work of our own, one for work that waits for platforms, and the leader."""

from __future__ import annotations

import os
import socket
import threading
import time
from functools import partial
from typing import Any, Protocol
from uuid import uuid4

import structlog

from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.monitoring import timed, timed_together
from lti_tool.jobs.lane import Lane
from lti_tool.jobs.worker import Worker
from lti_tool.usecases.lead_sweeps import LeadSweeps
from lti_tool.usecases.work import LOCAL_WORK, NETWORK_WORK

log = structlog.get_logger(__name__)

# Well within the leader's lease.
LEAD_EVERY_SECONDS = 3.0
# A process that is asked to end does so within 30 seconds, whatever hangs.
DRAIN_SECONDS = 25.0


class Consumer(Protocol):
    """Who takes messages that there is work (jobs.celery_engine)."""

    def start(self) -> None: ...
    def stop(self, seconds: float) -> None: ...


class Workers:
    """Polls, wakes up and, where the engine is Celery, listens."""

    def __init__(self, house: House) -> None:
        handlers = {kind: timed(house.metrics, kind, do) for kind, do in house.handlers().items()}
        together = {kind: timed_together(house.metrics, kind, do) for kind, do in house.handlers_together().items()}
        self._house = house
        self._lanes = [
            Lane(Worker(house.queue, {kind: handlers[kind] for kind in LOCAL_WORK}, together=together), slots=1),
            # One at a time: what waits for one platform must not hold what another would do at once.
            Lane(
                Worker(house.queue, {kind: handlers[kind] for kind in NETWORK_WORK}, batch=1),
                slots=house.settings.platform_calls,
            ),
        ]
        self._lead = LeadSweeps(house.transactions, f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}")
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._consumer: Consumer | None = None

    def start(self) -> None:
        for lane in self._lanes:
            for _ in range(lane.slots):
                self._begin(partial(lane.poll, self._house.wake.event(lane.kinds)))
        self._begin(self._lead_while_running)
        if self._house.celery is not None:
            from lti_tool.jobs.celery_engine import CeleryConsumer

            self._consumer = CeleryConsumer(self._house.celery, self._lanes)
            self._consumer.start()

    def stop(self, seconds: float = DRAIN_SECONDS) -> None:
        """Lets what was begun finish, for as long as that; the rest is taken over when its lease runs out."""
        deadline = time.monotonic() + seconds
        self._stopped.set()
        for lane in self._lanes:
            lane.worker.stop()
        if self._consumer is not None:
            self._consumer.stop(deadline - time.monotonic())
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def work_until_idle(self) -> None:
        """Does all that is due in this thread (for the replay of recordings and for tests)."""
        self._lead()
        while sum(lane.worker.work_once() for lane in self._lanes):
            pass

    def _begin(self, target: Any) -> None:
        thread = threading.Thread(target=target, name=f"worker-{len(self._threads)}", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _lead_while_running(self) -> None:
        while not self._stopped.is_set():
            try:
                self._lead()
            except Exception:  # the database may be away for a while; somebody leads when it is back
                log.exception("leader.failed")
            self._stopped.wait(LEAD_EVERY_SECONDS)
