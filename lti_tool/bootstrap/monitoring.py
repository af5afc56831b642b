"""Counts what passes through: use cases know nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from lti_tool.bootstrap.house import House
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import LearningEvent
from lti_tool.domain.platform import Activity
from lti_tool.observability.metrics import Metrics, start_metrics_server
from lti_tool.usecases.ingest_events import IngestEvents, Receipt
from lti_tool.usecases.ports import RefusedEvent
from lti_tool.usecases.receive_launch import OpenedSession

OpenLaunch = Callable[[str, Mapping[str, str], str | None, str | None], OpenedSession]


def timed(metrics: Metrics, kind: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    """A handler of work that counts and times itself."""

    def handle(**payload: Any) -> Any:
        with metrics.job(kind):
            return handler(**payload)

    return handle


def timed_together(metrics: Metrics, kind: str, do: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any]], Any]:
    """The same for what does several pieces of work at once."""

    def handle(payloads: Sequence[Any]) -> Any:
        with metrics.jobs(kind, len(payloads)):
            return do(payloads)

    return handle


def counted_launch(metrics: Metrics, open_launch: OpenLaunch) -> OpenLaunch:
    """Counts launches by the code they end with."""

    def launch(
        registration_id: str, form: Mapping[str, str], browser_secret: str | None, proof: str | None
    ) -> OpenedSession:
        try:
            opened = open_launch(registration_id, form, browser_secret, proof)
        except BadgeToolError as error:
            metrics.launch_ended(error.code)
            raise
        metrics.launch_ended("ok")
        return opened

    return launch


class CountedIngest:
    """IngestEvents that counts what came of each event."""

    def __init__(self, metrics: Metrics, ingest: IngestEvents) -> None:
        self._metrics = metrics
        self._ingest = ingest

    def __call__(
        self,
        registration_id: str,
        events: Sequence[LearningEvent],
        activities: Iterable[tuple[str, Activity]] = (),
        *,
        tolerant: bool = False,
        refused: Sequence[RefusedEvent] = (),
        changed: Iterable[str] = (),
    ) -> Receipt:
        source = events[0].source if events else "none"
        try:
            receipt = self._ingest(
                registration_id, events, activities, tolerant=tolerant, refused=refused, changed=changed
            )
        except BadgeToolError as error:
            self._metrics.event_received(source, error.code)
            raise
        for outcome, count in (
            ("stored", receipt.accepted),
            ("duplicate", receipt.repeated),
            ("event.id_conflict", receipt.conflicting),
            ("refused", receipt.refused),
        ):
            for _ in range(count):
                self._metrics.event_received(source, outcome)
        return receipt

    def refuse(self, registration_id: str, refused: Sequence[RefusedEvent]) -> None:
        """Keeps what a proven sender said and nobody can use."""
        self._ingest.refuse(registration_id, refused)
        for one in refused:
            self._metrics.event_received(one.source, one.code)

    def ignored(self, source: str, count: int) -> None:
        """Counts what was understood and is of no use."""
        for _ in range(count):
            self._metrics.event_received(source, "ignored")


def exposition(house: House) -> bytes:
    """The numbers of this process, and of the outbox as it stands."""
    now = house.clock.now()
    oldest = house.queue.oldest_waiting()
    age = (now - oldest).total_seconds() if oldest else 0.0
    house.metrics.outbox_is(house.queue.waiting(), house.queue.depth().get("dead", 0), age)
    return house.metrics.exposition()


def serve_metrics(house: House, address: str) -> None:
    """Serves them from this process, for a worker, which has no site. Whoever reaches the address reads them.

    Raises `metrics.address_invalid`.
    """
    host, _, port = address.rpartition(":")
    try:
        start_metrics_server(partial(exposition, house), host.strip("[]") or "127.0.0.1", int(port))
    except (ValueError, OSError, OverflowError) as error:
        raise BadgeToolError("metrics.address_invalid", f"Nothing listens at {address}.", status=500) from error
