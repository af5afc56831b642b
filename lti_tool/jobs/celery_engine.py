"""The large engine: Celery on Redis carries "there is work of this kind", and its workers claim that work.

A message holds no truth and no data. The work is a row of the outbox, so Redis may be wiped, hang or be gone: a message
that is lost costs the time until somebody looks by himself (jobs/lane.py). Importing Celery costs 20 MiB and a quarter
of a second, so this module is imported only where the setting `engine` asks for it.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Sequence, Set

import structlog
from celery import Celery
from celery.worker import WorkController, state

from lti_tool.jobs.lane import Lane

log = structlog.get_logger(__name__)
# One line for every message would say nothing that the work's own lines do not.
logging.getLogger("celery").setLevel(logging.WARNING)

TASK = "lti_badges.work"
QUEUE = "lti-badges"
# Nobody waits for Redis: a message that takes longer is given up, and the workers find the work themselves.
REDIS_SECONDS = 1.0
# What was not fetched by then has been found by a poll long ago.
EXPIRES_SECONDS = 30
# Wake-ups for the same kind within this time are one message.
GATHER_SECONDS = 0.02
REST_AFTER_FAILURE_SECONDS = 5.0


def make_app(redis_url: str) -> Celery:
    """Celery over that Redis: late acknowledgement, no results, nothing kept, and short waits."""
    app = Celery("lti_badges", broker=redis_url, set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_default_queue=QUEUE,
        task_default_delivery_mode="transient",
        # What cannot be sent at once is not sent at all.
        task_publish_retry=False,
        broker_connection_timeout=REDIS_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_timeout": REDIS_SECONDS,
            "socket_connect_timeout": REDIS_SECONDS,
            "socket_keepalive": True,
            "health_check_interval": 5,
            "visibility_timeout": EXPIRES_SECONDS,
        },
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        # The outbox has its own leases; a task that goes on while Redis is away does no harm.
        worker_cancel_long_running_tasks_on_connection_loss=False,
    )
    return app


class CeleryWakeUp:
    """Called after a commit that added due work, with its kinds: says so to whoever listens, from a thread of its own,
    so that no request and no transaction waits for Redis. `otherwise` is called while Redis is away."""

    def __init__(self, app: Celery, otherwise: Callable[[Set[str]], None]) -> None:
        self._app = app
        self._otherwise = otherwise
        self._changed = threading.Condition()
        self._kinds: set[str] = set()
        self._owner = 0

    def __call__(self, kinds: Set[str]) -> None:
        with self._changed:
            self._kinds |= kinds
            if self._owner != os.getpid():  # none yet, or left behind by a fork
                self._owner = os.getpid()
                threading.Thread(target=self._send_for_ever, name="celery-wake-up", daemon=True).start()
            self._changed.notify()

    def _send_for_ever(self) -> None:
        pause = threading.Event()
        while True:
            kinds = self._gathered()
            try:
                for kind in sorted(kinds):
                    self._app.send_task(TASK, [kind], queue=QUEUE, expires=EXPIRES_SECONDS, retry=False)
            except Exception as error:  # whatever Redis does, the work is in the database
                log.warning("wake_up.not_sent", error=type(error).__name__)
                self._otherwise(kinds)
                pause.wait(REST_AFTER_FAILURE_SECONDS)
            else:
                pause.wait(GATHER_SECONDS)

    def _gathered(self) -> set[str]:
        with self._changed:
            while not self._kinds:
                self._changed.wait()
            kinds, self._kinds = self._kinds, set()
        return kinds


class CeleryConsumer:
    """A Celery worker in a thread: each message has its kind's lane work until nothing is due.

    The process's main thread stays ours, so that the end of the process never waits for Redis.
    """

    def __init__(self, app: Celery, lanes: Sequence[Lane]) -> None:
        lane_of = {kind: lane for lane in lanes for kind in lane.kinds}

        def work(kind: str) -> None:
            lane = lane_of.get(kind)
            if lane is not None:  # else of a newer version of this program
                lane.work()

        app.task(work, name=TASK, acks_late=True, reject_on_worker_lost=True, ignore_result=True)
        app.finalize()
        self._app = app
        # One more than can be at work: who finds all slots taken is through at once.
        self._threads = sum(lane.slots for lane in lanes) + 1
        self._thread = threading.Thread(target=self._consume, name="celery-consumer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Takes no more messages; waits that long for the tasks under way."""
        state.should_stop = 0
        self._thread.join(seconds)

    def _consume(self) -> None:
        try:
            self._controller().start()
        except Exception:  # the polls go on without it
            log.exception("celery.consumer_ended")

    def _controller(self) -> WorkController:
        return WorkController(
            app=self._app,
            hostname=f"lti-badges-{os.getpid()}@{socket.gethostname()}",
            pool_cls="threads",
            concurrency=self._threads,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            loglevel="WARNING",
        )
