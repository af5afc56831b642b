"""Gunicorn's threads, for clients that stop in the middle of what they send, say nothing, or are too many.

Such a client would hold a thread for ever, and a few of them all threads. A reverse proxy that takes whole requests in
first keeps them away; this is for installations without one.
"""

from __future__ import annotations

import errno
import resource
import selectors
import socket
import struct
import time
from functools import partial
from typing import Any

import structlog
from gunicorn.workers.gthread import ThreadWorker

# The longest pause between two pieces of a request.
LONGEST_PAUSE_SECONDS = 10
MOST_CONNECTIONS = 1000
# Files that stay free for the database and for calls of platforms.
KEPT_FILES = 64
# No file, buffer or memory is left, of the process or of the machine.
_NOTHING_LEFT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
PAUSE_SECONDS = 0.05

log = structlog.get_logger(__name__)


def most_connections(threads: int) -> int:
    """How many clients a process lets in at once: never so many that no file is left for what they ask."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(threads + 1, min(MOST_CONNECTIONS, allowed - min(KEPT_FILES, allowed // 2)))


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    def accept(self, listener: socket.socket) -> None:
        """Where nothing is left to let somebody in with, he waits in the kernel's queue. Gunicorn would end the
        process, and with it the requests of all others."""
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in _NOTHING_LEFT:
                raise
            log.warning("web.nothing_left", error=errno.errorcode[error.errno])
            time.sleep(PAUSE_SECONDS)

    def enqueue_req(self, conn: Any) -> None:
        """Whoever has said nothing yet gets no thread to wait with."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle(self, conn: Any) -> Any:
        # Of the socket itself, as gunicorn sets the time-out of the object back to none.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", LONGEST_PAUSE_SECONDS, 0))
        return super().handle(conn)
