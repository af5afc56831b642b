"""Doing the work: claims what is due, does it, renews its leases meanwhile.

A worker that is killed leaves its work leased; the lease runs out after LEASE and anybody takes it over. The fence
keeps a worker that was only asleep from changing anything that another has taken over: neither the work's end nor what
the handler stores is accepted from it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Protocol

import structlog

from lti_tool.domain.errors import BadgeToolError
from lti_tool.jobs.retry import TAKEN_OVER, is_counted, is_permanent, wait_before
from lti_tool.usecases.ports import Job
from lti_tool.usecases.work import TOLD_ATTEMPT

LEASE = timedelta(seconds=10)
RENEW_EVERY_SECONDS = 3.0
AWAY_SECONDS = 1.0
BATCH = 8

Handler = Callable[..., Any]
log = structlog.get_logger(__name__)


class JobQueue(Protocol):
    def claim(self, lease: timedelta, limit: int, kinds: Collection[str]) -> list[Job]: ...
    def holding(self, job: Job) -> AbstractContextManager[None]: ...
    def renew(self, jobs: Collection[Job], lease: timedelta) -> set[int]: ...
    def done(self, job: Job) -> bool: ...
    def retry(self, job: Job, wait: timedelta, error: str, *, counted: bool = True) -> bool: ...
    def release(self, job: Job) -> bool: ...
    def bury(self, job: Job, error: str) -> bool: ...


class Worker:
    """`handlers` by kind of work, each called with the payload's members by name. Only these kinds are claimed, up to
    `batch` at once. Any number of threads may share it."""

    def __init__(self, queue: JobQueue, handlers: Mapping[str, Handler], batch: int = BATCH) -> None:
        self._queue = queue
        self._handlers = handlers
        self._batch = batch
        self._stopping = threading.Event()
        self._held: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._renewing = False

    @property
    def kinds(self) -> Collection[str]:
        return self._handlers.keys()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """Nothing more is begun; what was claimed and not begun is given back."""
        self._stopping.set()

    def work_safely(self) -> int:
        """As `work_once`, but gives 0 while the database is away: the worker outlives that."""
        try:
            return self.work_once()
        except Exception:
            log.exception("worker.claim_failed")
            self._stopping.wait(AWAY_SECONDS)
            return 0

    def work_once(self) -> int:
        """Claims one batch and does it; gives how many pieces it was."""
        jobs = self._queue.claim(LEASE, self._batch, self.kinds)
        with self._lock:
            self._held |= {job.id: job for job in jobs}
        try:
            if jobs:
                self._renew_meanwhile()
            for job in jobs:
                self._do(job)
                self._let_go([job])
        finally:
            # Where the database went away in between, somebody takes over what is left when its leases run out.
            self._let_go(jobs)
        return len(jobs)

    def _let_go(self, jobs: Iterable[Job]) -> None:
        with self._lock:
            for job in jobs:
                self._held.pop(job.id, None)

    def _do(self, job: Job) -> None:
        with self._lock:
            is_ours = job.id in self._held
        if not is_ours:
            log.warning("work.taken_over", kind=job.kind, id=job.id)
            return
        if self.stopping:
            self._queue.release(job)
            return
        try:
            told = {"attempt": job.attempts} if job.kind in TOLD_ATTEMPT else {}
            with self._queue.holding(job):
                self._handlers[job.kind](**job.payload, **told)
        except Exception as error:  # one piece of work must never stop the others
            self._failed(job, error)
        else:
            if not self._queue.done(job):
                log.warning("work.taken_over", kind=job.kind, id=job.id)

    def _failed(self, job: Job, error: Exception) -> None:
        code = getattr(error, "code", type(error).__name__)
        if code == TAKEN_OVER:
            log.warning("work.taken_over", kind=job.kind, id=job.id)
            return
        text = f"{code}: {error}"
        if is_permanent(error, job.attempts):
            log.error("work.buried", kind=job.kind, id=job.id, code=code, attempts=job.attempts)
            self._queue.bury(job, text)
            return
        if is_counted(error):
            # Where an error has a code, the code says it; anything else nobody foresaw.
            unforeseen = None if isinstance(error, BadgeToolError) else error
            log.warning("work.failed", kind=job.kind, id=job.id, code=code, attempts=job.attempts, exc_info=unforeseen)
        self._queue.retry(job, wait_before(error, job.attempts), text, counted=is_counted(error))

    def _renew_meanwhile(self) -> None:
        with self._lock:
            begun, self._renewing = self._renewing, True
        if begun:
            return
        try:
            threading.Thread(target=self._renew_leases, name="lease-renewal", daemon=True).start()
        except RuntimeError:
            # No memory for one more thread. The next claim tries again.
            self._renewing = False
            raise

    def _renew_leases(self) -> None:
        pause = threading.Event()
        while not pause.wait(RENEW_EVERY_SECONDS):
            with self._lock:
                held = dict(self._held)
                if not held:
                    # The next claim begins a thread anew: an idle worker has none.
                    self._renewing = False
                    return
            try:
                ours = self._queue.renew(held.values(), LEASE)
            except Exception:  # a lease not renewed costs a repetition, not the work
                log.exception("worker.renewal_failed")
                continue
            with self._lock:
                for job_id in held.keys() - ours:
                    # Finished meanwhile, or taken over: then it is not begun here any more.
                    if self._held.get(job_id) is held[job_id]:
                        del self._held[job_id]
