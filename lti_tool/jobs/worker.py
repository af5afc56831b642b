"""One worker: claims due work, does it, renews its leases while it does.

A worker that is killed leaves its work leased; the lease runs out after LEASE and anybody takes it over. The fence
keeps a worker that was only asleep from finishing what another has taken over: all handlers are repeatable, so the
worst that a takeover costs is doing something twice to no effect.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any, Protocol

import structlog

from lti_tool.jobs.retry import is_permanent, wait_before
from lti_tool.usecases.ports import Clock, Job
from lti_tool.usecases.work import TOLD_ATTEMPT

LEASE = timedelta(seconds=10)
RENEW_EVERY_SECONDS = 3.0
# Orphaned work is found at the next poll after its lease: 10 + 1 seconds, within the 15 that are promised.
POLL_SECONDS = 1.0
BATCH = 8

Handler = Callable[..., Any]
log = structlog.get_logger(__name__)


class JobQueue(Protocol):
    def claim(self, now: Any, lease: timedelta, limit: int, kinds: Collection[str]) -> list[Job]: ...
    def renew(self, job: Job, until: Any) -> bool: ...
    def done(self, job: Job) -> bool: ...
    def retry(self, job: Job, due_at: Any, error: str) -> bool: ...
    def bury(self, job: Job, error: str) -> bool: ...


class Worker:
    """`handlers` by kind of work, each called with the payload's members by name. Only these kinds are claimed."""

    def __init__(self, queue: JobQueue, clock: Clock, handlers: Mapping[str, Handler], wake: threading.Event) -> None:
        self._queue = queue
        self._clock = clock
        self._handlers = handlers
        self._wake = wake
        self._stopping = threading.Event()
        self._held: dict[int, Job] = {}
        self._lock = threading.Lock()

    def run(self) -> None:
        """Works until `stop`; what was begun is finished."""
        threading.Thread(target=self._renew_leases, name="lease-renewal", daemon=True).start()
        while not self._stopping.is_set():
            try:
                worked = self.work_once()
            except Exception:  # the database may be away for a while; the worker outlives it
                log.exception("worker.claim_failed")
                worked = 0
                self._stopping.wait(POLL_SECONDS)
            if not worked:
                self._wake.wait(POLL_SECONDS)
                self._wake.clear()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()

    def work_once(self) -> int:
        """Claims one batch and does it; gives how many pieces it was."""
        jobs = self._queue.claim(self._clock.now(), LEASE, BATCH, self._handlers.keys())
        with self._lock:
            self._held = {job.id: job for job in jobs}
        for job in jobs:
            self._do(job)
            with self._lock:
                self._held.pop(job.id, None)
        return len(jobs)

    def _do(self, job: Job) -> None:
        try:
            told = {"attempt": job.attempts} if job.kind in TOLD_ATTEMPT else {}
            self._handlers[job.kind](**job.payload, **told)
        except Exception as error:  # one piece of work must never stop the others
            self._failed(job, error)
        else:
            if not self._queue.done(job):
                log.warning("work.taken_over", kind=job.kind, id=job.id)

    def _failed(self, job: Job, error: Exception) -> None:
        code = getattr(error, "code", type(error).__name__)
        text = f"{code}: {error}"
        if is_permanent(error, job.attempts):
            log.error("work.buried", kind=job.kind, id=job.id, code=code, attempts=job.attempts)
            self._queue.bury(job, text)
            return
        log.warning("work.failed", kind=job.kind, id=job.id, code=code, attempts=job.attempts, exc_info=error)
        self._queue.retry(job, self._clock.now() + wait_before(error, job.attempts), text)

    def _renew_leases(self) -> None:
        while not self._stopping.wait(RENEW_EVERY_SECONDS):
            with self._lock:
                held = list(self._held.values())
            for job in held:
                try:
                    self._queue.renew(job, self._clock.now() + LEASE)
                except Exception:  # a lease not renewed costs a repetition, not the work
                    log.exception("worker.renewal_failed")
