"""A deadline for a whole request.

The time limits of `requests` bound each wait for bytes: a server that drips one byte a second holds a thread
for hours. A watchdog therefore cuts the connection itself, which ends a slow TLS handshake, slow headers and
a slow body alike.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar


class Deadline:
    """`seconds` from its making on; sockets handed to `watch` are shut down when it passes."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._closed = False
        self._timer: threading.Timer | None = None

    def remaining(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._ends - time.monotonic())

    @property
    def passed(self) -> bool:
        return self.remaining() <= 0

    def watch(self, sock: socket.socket) -> None:
        """Cuts `sock` when the deadline passes.

        A duplicate descriptor is kept: shutting it down ends the connection under a TLS socket without
        touching that object from another thread, and its number cannot be reused for another file meanwhile.
        """
        duplicate = socket.socket(fileno=os.dup(sock.fileno()))
        with self._lock:
            if self._closed:
                duplicate.close()
                return
            self._watched.append(duplicate)
            if self.passed:
                _shut_down(duplicate)
            elif self._timer is None:
                self._timer = threading.Timer(self.remaining(), self._cut)
                self._timer.daemon = True
                self._timer.start()

    def _cut(self) -> None:
        with self._lock:
            for sock in self._watched:
                _shut_down(sock)

    def close(self) -> None:
        """Lets go of every socket; the connections live on in their pool."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()
            for sock in self._watched:
                sock.close()
            self._watched.clear()


def _shut_down(sock: socket.socket) -> None:
    with suppress(OSError):  # the other side may have gone already
        sock.shutdown(socket.SHUT_RDWR)


_current: ContextVar[Deadline | None] = ContextVar("http_deadline", default=None)


def current_deadline() -> Deadline | None:
    """The deadline of the request under way in this thread, if any."""
    return _current.get()


@contextmanager
def deadline(seconds: float) -> Iterator[Deadline]:
    """One deadline for everything inside; an outer one (a request with redirects) goes on counting."""
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    mine = Deadline(seconds)
    token = _current.set(mine)
    try:
        yield mine
    finally:
        _current.reset(token)
        mine.close()
