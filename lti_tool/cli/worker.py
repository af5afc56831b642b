"""lti-badges worker."""

from __future__ import annotations

import signal
import threading

import click

from lti_tool.bootstrap import assemble
from lti_tool.bootstrap.monitoring import serve_metrics
from lti_tool.bootstrap.workers import Workers
from lti_tool.cli.memory import keep_what_is_loaded, share_heaps
from lti_tool.observability import configure_logs
from lti_tool.settings import Settings


@click.command()
@click.option("--metrics", default="", metavar="HOST:PORT", help="Serve the worker's metrics there, without a token.")
def worker(metrics: str) -> None:
    """Do the work of the outbox in a process of its own, with the engine that the settings name."""
    share_heaps()
    settings = Settings()
    configure_logs(style=settings.log_format)
    house = assemble(settings)
    house.prepare()
    workers = Workers(house)
    keep_what_is_loaded()
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    if metrics:
        serve_metrics(house, metrics)
    workers.start()
    click.echo("The worker is ready.", err=True)
    stopped.wait()
    workers.stop()
