"""What an operator watches, in Prometheus' terms.

Labels hold few values each, never an id of a person or a course. Every function takes plain values, so that use
cases and jobs need not know the library.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The numbers of one process. Each instance has a registry of its own, so tests do not add up."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        own = self.registry
        self._events = Counter("badges_events", "Learning events received.", ["source", "outcome"], registry=own)
        self._launches = Counter("badges_launches", "LTI launches by code.", ["code"], registry=own)
        self._jobs = Histogram(
            "badges_job_seconds", "Time a job took.", ["kind", "outcome"], buckets=_SECONDS, registry=own
        )
        self._requests = Histogram(
            "badges_request_seconds", "Time a request took.", ["endpoint", "status"], buckets=_SECONDS, registry=own
        )
        self._waiting = Gauge("badges_outbox_waiting", "Jobs that wait.", ["kind"], registry=own)
        self._dead = Gauge("badges_outbox_dead", "Jobs given up on, for a person to look at.", registry=own)
        self._oldest = Gauge("badges_outbox_oldest_seconds", "Age of the oldest due job.", registry=own)

    def event_received(self, source: str, outcome: str) -> None:
        """`outcome`: stored, duplicate, ignored, refused, or a refusal's code."""
        self._events.labels(source, outcome).inc()

    def launch_ended(self, code: str) -> None:
        """`code`: "ok", or the code of the refusal."""
        self._launches.labels(code).inc()

    def request_ended(self, endpoint: str, status: int, seconds: float) -> None:
        """`endpoint` is the route's name, never the path; `status` is kept as its class ("2xx")."""
        self._requests.labels(endpoint, f"{status // 100}xx").observe(seconds)

    def outbox_is(self, waiting: Mapping[str, int], dead: int, oldest_seconds: float) -> None:
        """The outbox as last counted: jobs that wait by kind, jobs given up on, age of the oldest due one."""
        self._waiting.clear()  # a kind that no longer waits must not keep its last number
        for kind, count in waiting.items():
            self._waiting.labels(kind).set(count)
        self._dead.set(dead)
        self._oldest.set(max(0.0, oldest_seconds))

    @contextmanager
    def job(self, kind: str) -> Iterator[None]:
        """Times a job; one that raises counts as failed."""
        started, outcome = perf_counter(), "failed"
        try:
            yield
            outcome = "done"
        finally:
            self._jobs.labels(kind, outcome).observe(perf_counter() - started)

    @contextmanager
    def jobs(self, kind: str, count: int) -> Iterator[None]:
        """Times as many jobs as are done together, each with its share. Where it raises each is tried, and counted,
        alone."""
        started = perf_counter()
        yield
        for _ in range(count):
            self._jobs.labels(kind, "done").observe((perf_counter() - started) / count)

    def exposition(self) -> bytes:
        """The text that Prometheus scrapes; its type is `CONTENT_TYPE`."""
        return generate_latest(self.registry)


def start_metrics_server(exposition: Callable[[], bytes], host: str, port: int) -> None:
    """Answers every GET on that address with the exposition, from threads of its own, until the process ends."""

    def answer(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        body = exposition()
        start_response("200 OK", [("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(body)))])
        return [body]

    server = make_server(host, port, answer, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """A line a scrape says nothing."""
