"""Structured logs: one JSON object a line for machines, coloured text for a person at a terminal."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, TextIO
from uuid import uuid4

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from lti_tool.observability.redaction import redact_event

Style = Literal["auto", "json", "console"]


def configure_logs(level: str = "INFO", style: Style = "auto", stream: TextIO | None = None) -> None:
    """Sends every log, the libraries' too, through one chain that ends in redaction.

    `level` is a name of the logging module; "auto" writes for a person when `stream` (standard error by default)
    is a terminal. May be called again, as tests and the reloader do.
    """
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared[:3],
            shared[4],
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=_last_steps(_is_plain(style, out)))
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # No entry names them, and they are looked up for every one (Python's logging HOWTO, "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    # urllib3 writes the path and query of every request at DEBUG; no level of ours may let that out.
    logging.getLogger("urllib3").setLevel(logging.WARNING)


def _is_plain(style: Style, out: TextIO) -> bool:
    """Whether a person reads."""
    return style == "console" or (style == "auto" and out.isatty())


def _last_steps(plain: bool) -> list[Processor]:
    """What is done to every entry, ours or a library's, right before it is written."""
    steps: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        _errors_by_code,
        structlog.processors.format_exc_info,
        redact_event,
    ]
    if plain:
        return [*steps, structlog.dev.ConsoleRenderer()]
    return [*steps, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _errors_by_code(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Adds the stable code of an error of ours, so that one can search for it."""
    info = event.get("exc_info")
    error = sys.exc_info()[1] if info is True else info[1] if isinstance(info, tuple) else info
    code = getattr(error, "code", None)
    if isinstance(code, str):
        event.setdefault("code", code)
    return event


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; its methods take an event name and fields: ``log.info("badge.issued", award=award.id)``."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


@contextmanager
def correlation(correlation_id: str = "", **fields: Any) -> Iterator[str]:
    """Marks every entry made inside with one id (given, or new) and `fields`; yields the id.

    A web request, a job and all that they log are found by it, and it is what an error page tells the person.
    """
    chosen = correlation_id or uuid4().hex
    with structlog.contextvars.bound_contextvars(correlation_id=chosen, **fields):
        yield chosen
