"""lti-badges signer."""

from __future__ import annotations

import signal
import threading

import click

from lti_tool.bootstrap.clock import SystemClock
from lti_tool.bootstrap.key_places import own_keys
from lti_tool.domain.errors import BadgeToolError
from lti_tool.keystore.signing_process import SigningServer
from lti_tool.settings import Settings


@click.command()
def signer() -> None:
    """Hold the keys in a process of its own, and sign for the others at signer_socket."""
    settings = Settings()
    if settings.signer_socket is None:
        raise BadgeToolError("keys.no_socket", "Set signer_socket: where the signing process is asked.", status=500)
    store = own_keys(settings, SystemClock())
    store.ensure()
    with SigningServer(settings.signer_socket, store) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        stopped = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopped.set())
        click.echo(f"The signing process is ready at {settings.signer_socket}.", err=True)
        stopped.wait()
        server.shutdown()
    settings.signer_socket.unlink(missing_ok=True)
