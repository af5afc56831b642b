"""Serves the practice LMS until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.forms.plain import PLAIN, Form
from lti_tool.sandbox.practice import EXTENSION


class _QuietHandler(WSGIRequestHandler):
    """Keeps addresses, which can carry tokens, out of the log."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing about requests that were answered."""


@dataclass(frozen=True)
class Behaviour:
    """What the practice LMS behaves like. `account_port`: tools register at this port of the same host, 0 for `port`.

    `issuer`: "" for the pages' address. `blocks_private_hosts`: key sets of tools on private addresses are not fetched.
    """

    form: Form = PLAIN
    issuer: str = ""
    account_port: int = 0
    blocks_private_hosts: bool = False


def serve(data_dir: Path, host: str, port: int, behaviour: Behaviour | None = None) -> None:
    """Runs the practice LMS at http://host:port/ until SIGTERM or SIGINT.

    Port 0 takes a free one. Prints one line when it is ready. Raises OSError when the port is busy.
    Call it from the main thread: signal handlers belong there.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Bound here and not by Werkzeug, which ends the process when a port is busy.
    with socket.create_server((host, port), family=family) as listener:
        behaviour = behaviour or Behaviour()
        name = f"[{host}]" if ":" in host else host
        base_url = f"http://{name}:{listener.getsockname()[1]}"
        app = create_sandbox(
            data_dir,
            base_url,
            form=behaviour.form,
            issuer=behaviour.issuer,
            account_url=f"http://{name}:{behaviour.account_port}" if behaviour.account_port else "",
            blocks_private_hosts=behaviour.blocks_private_hosts,
        )
        account = _account_server(app, host, behaviour.account_port)
        server = make_server(host, port, app, threaded=True, request_handler=_QuietHandler, fd=listener.fileno())
        _stop_on_signals(server)
        sys.stdout.write(f"practice LMS ready at {base_url}\n")
        sys.stdout.flush()
        practice = app.extensions[EXTENSION]
        try:
            server.serve_forever()
        finally:
            server.server_close()
            if account is not None:
                account.shutdown()
                account.server_close()
            practice.sender.stop()
            practice.streams.stop()
            practice.database.close()


def _account_server(app: Flask, host: str, port: int) -> BaseWSGIServer | None:
    """The same LMS a second time, as the host of one institution's account; None without a port of its own."""
    if not port:
        return None
    server = make_server(host, port, app, threaded=True, request_handler=_QuietHandler)
    threading.Thread(target=server.serve_forever, name="practice-account", daemon=True).start()
    return server


def _stop_on_signals(server: BaseWSGIServer) -> None:
    def stop(signum: int, frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which runs in this thread.
        threading.Thread(target=server.shutdown, daemon=True).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
