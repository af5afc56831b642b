"""Logs of the tests with tracebacks as Python prints them.

Where nobody has configured structlog and `rich` is installed, as a development tool brings it, it draws each traceback
with the values of every variable in it: one to three seconds of work for every error that a test provokes.
"""

from __future__ import annotations

import structlog
from structlog.dev import ConsoleRenderer, plain_traceback


def arrange() -> None:
    """To be called once in a process, before anything is logged. Whoever configures the tool's own logs replaces it."""
    *steps, _ = structlog.get_config()["processors"]
    structlog.configure(processors=[*steps, ConsoleRenderer(exception_formatter=plain_traceback)])
