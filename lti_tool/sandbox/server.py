"""Serves the practice LMS until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.practice import EXTENSION


class _QuietHandler(WSGIRequestHandler):
    """Keeps addresses, which can carry tokens, out of the log."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing about requests that were answered."""


def serve(data_dir: Path, host: str, port: int) -> None:
    """Runs the practice LMS at http://host:port/ until SIGTERM or SIGINT.

    Port 0 takes a free one. Prints one line when it is ready. Raises OSError when the port is busy.
    Call it from the main thread: signal handlers belong there.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Bound here and not by Werkzeug, which ends the process when a port is busy.
    with socket.create_server((host, port), family=family) as listener:
        base_url = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        app = create_sandbox(data_dir, base_url)
        server = make_server(host, port, app, threaded=True, request_handler=_QuietHandler, fd=listener.fileno())
        _stop_on_signals(server)
        sys.stdout.write(f"practice LMS ready at {base_url}\n")
        sys.stdout.flush()
        practice = app.extensions[EXTENSION]
        try:
            server.serve_forever()
        finally:
            server.server_close()
            practice.sender.stop()
            practice.database.close()


def _stop_on_signals(server: BaseWSGIServer) -> None:
    def stop(signum: int, frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which runs in this thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
