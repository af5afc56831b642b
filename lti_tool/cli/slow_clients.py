"""Gunicorn's threads, for clients that stop in the middle of what they send.

Such a client would hold a thread for ever, and a few of them all threads. A reverse proxy that takes whole requests in
first keeps them away; this is for installations without one.
"""

from __future__ import annotations

import socket
import struct
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

# The longest pause between two pieces of a request.
LONGEST_PAUSE_SECONDS = 10


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    def handle(self, conn: Any) -> Any:
        # Of the socket itself, as gunicorn sets the time-out of the object back to none.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", LONGEST_PAUSE_SECONDS, 0))
        return super().handle(conn)
