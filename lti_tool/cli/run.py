"""lti-badges serve."""

from __future__ import annotations

import socket
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from lti_tool.bootstrap import assemble
from lti_tool.bootstrap.site import create_site
from lti_tool.bootstrap.workers import Workers
from lti_tool.cli.memory import keep_what_is_loaded, share_heaps
from lti_tool.cli.slow_clients import most_connections
from lti_tool.observability import configure_logs
from lti_tool.settings import Settings


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn around the site. Each of its processes assembles a house of its own after the fork."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        self._workers: Workers | None = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
        self.cfg.set("worker_exit", lambda _server, _worker: self._stop_workers())

    def load(self) -> Any:
        house = assemble(self._settings)
        house.prepare()
        if self._settings.serves_with_worker:
            self._workers = Workers(house)
            self._workers.start()
        site = create_site(house)
        keep_what_is_loaded()
        return site

    def _stop_workers(self) -> None:
        if self._workers is not None:
            self._workers.stop(seconds=5)


def server_options(host: str, port: int, processes: int, threads: int) -> dict[str, Any]:
    """Gunicorn's settings."""
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": processes,
        "worker_class": "lti_tool.cli.slow_clients.PatientWorker",
        "threads": threads,
        "worker_connections": most_connections(threads),
        "timeout": 60,
        "graceful_timeout": 20,
        "loglevel": "warning",
        "control_socket_disable": True,
    }


def require_free_port(host: str, port: int, option: str) -> None:
    """Ends the command with a sentence where somebody else listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} is in use by another program. Choose another one with {option}."
            ) from error


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="Threads a process.")
def serve(host: str, port: int, processes: int, threads: int) -> None:
    """Serve the tool's pages and interfaces (with a worker inside, unless embedded_worker is off)."""
    share_heaps()
    settings = Settings()
    configure_logs(style=settings.log_format)
    require_free_port(host, port, "--port")
    Server(settings, server_options(host, port, processes, threads)).run()
