"""A thread that sends what is due: stored first, sent at once, tried again later."""

from __future__ import annotations

import logging
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

from lti_tool.sandbox.database import Database
from lti_tool.sandbox.times import Clock, parse_stamp

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5.0
AT_ONCE = 4


class Sender:
    """Sends what is due. `wake` it after each commit; the thread sleeps until then or the next retry.

    What is sent, and where it waits, the subclass says by `_waiting` (a table with `state` and `due_at`), `_due` and
    `_deliver`.
    """

    _waiting = ""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"practice-{self._waiting}", daemon=True)

    def start(self) -> None:
        """Starts the background thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread after the deliveries it is busy with."""
        self._stopping.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * TIMEOUT_SECONDS)

    def wake(self) -> None:
        """There may be something to send."""
        self._awake.set()

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"practice-{self._waiting}") as pool:
            while not self._stopping.is_set():
                self._awake.clear()  # before reading, so that no wake-up is lost
                try:
                    list(pool.map(self._deliver, self._due()))
                    pause = self._seconds_until_due()
                except sqlite3.Error:
                    log.exception("the practice LMS cannot read its deliveries")
                    pause = 1.0
                self._awake.wait(pause)

    def deliver_due(self) -> int:
        """Sends everything that is due now, in this thread; returns how many deliveries that were."""
        due = self._due()
        for delivery in due:
            self._deliver(delivery)
        return len(due)

    def _seconds_until_due(self) -> float | None:
        query = f"SELECT min(due_at) FROM {self._waiting} WHERE state = 'waiting'"  # nosec B608: a name of ours
        with self._database.reading() as connection:
            due = connection.execute(query).fetchone()[0]
        return None if due is None else max(0.005, (parse_stamp(due) - self._clock()).total_seconds())

    def _due(self) -> list[sqlite3.Row]:
        raise NotImplementedError

    def _deliver(self, delivery: sqlite3.Row) -> None:
        raise NotImplementedError
