"""Doing the work: claims what is due, does it, renews its leases meanwhile.

A worker that is killed leaves its work leased; the lease runs out after LEASE and anybody takes it over. The fence
keeps a worker that was only asleep from changing anything that another has taken over: neither the work's end nor what
the handler stores is accepted from it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
# Of work that can be done together. A worker that is killed in the middle leaves as much to be done again.
TOGETHER = 128

Handler = Callable[..., Any]
# Does the work of several payloads; where it raises, nothing of them need have been done.
Together = Callable[[Sequence[dict[str, Any]]], Any]
log = structlog.get_logger(__name__)


class JobQueue(Protocol):
    def claim(self, lease: timedelta, limit: int, kinds: Collection[str]) -> list[Job]: ...
    def holding(self, *jobs: Job) -> AbstractContextManager[None]: ...
    def renew(self, jobs: Collection[Job], lease: timedelta) -> set[int]: ...
    def done(self, *jobs: Job) -> bool: ...
    def retry(self, job: Job, wait: timedelta, error: str, *, counted: bool = True) -> bool: ...
    def release(self, job: Job) -> bool: ...
    def bury(self, job: Job, error: str) -> bool: ...


class Worker:
    """`handlers` by kind of work, each called with the payload's members by name. Only these kinds are claimed, up to
    `batch` at once. Where many pieces of a kind in `together` wait, they are done at once, and one by one where that
    fails, so that none fails for another's sake. Any number of threads may share it."""

    def __init__(
        self,
        queue: JobQueue,
        handlers: Mapping[str, Handler],
        batch: int = BATCH,
        together: Mapping[str, Together] | None = None,
    ) -> None:
        self._queue = queue
        self._handlers = handlers
        self._batch = batch
        self._together = together or {}
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
        if len(jobs) == self._batch:
            jobs += self._more_like(jobs)
        with self._lock:
            self._held |= {job.id: job for job in jobs}
        try:
            if jobs:
                self._renew_meanwhile()
            for group in self._groups(jobs):
                self._do_all(group)
                self._let_go(group)
        finally:
            # Where the database went away in between, somebody takes over what is left when its leases run out.
            self._let_go(jobs)
        return len(jobs)

    def _more_like(self, jobs: Iterable[Job]) -> list[Job]:
        """What can be done together with these at hardly more cost."""
        kinds = {job.kind for job in jobs} & self._together.keys()
        return self._queue.claim(LEASE, TOGETHER - self._batch, kinds) if kinds else []

    def _groups(self, jobs: Iterable[Job]) -> list[list[Job]]:
        """What is to be done together, in the order of the first of each. Work that was begun before and did not end
        may be what ended its worker: it goes alone."""
        groups: dict[object, list[Job]] = {}
        for job in jobs:
            joins = job.kind in self._together and job.attempts == 1
            groups.setdefault(job.kind if joins else job.id, []).append(job)
        return list(groups.values())

    def _do_all(self, jobs: Sequence[Job]) -> None:
        if len(jobs) == 1 or self.stopping or not self._done_together(jobs):
            for job in jobs:
                self._do(job)

    def _done_together(self, jobs: Sequence[Job]) -> bool:
        kind = jobs[0].kind
        try:
            with self._queue.holding(*jobs):
                self._together[kind]([job.payload for job in jobs])
        except Exception as error:  # whatever one of them brings must not stop the others
            code = getattr(error, "code", type(error).__name__)
            log.info("work.one_by_one", kind=kind, count=len(jobs), code=code)
            return False
        if not self._queue.done(*jobs):
            log.warning("work.taken_over", kind=kind, count=len(jobs))
        return True

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
