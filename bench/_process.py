"""A program that a benchmark measures, as a process of its own."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

STARTS_WITHIN_SECONDS = 120.0


@contextmanager
def process(command: list[str], ready_url: str, environment: dict[str, str]) -> Iterator[None]:
    """Runs it until the end of the block; the block begins when something answers at `ready_url`."""
    with tempfile.TemporaryFile() as log:
        running = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(ready_url, running)
            yield
        finally:
            running.terminate()
            running.wait()


def _wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + STARTS_WITHIN_SECONDS
    while running.poll() is None and time.monotonic() < ends:
        try:
            requests.get(url, timeout=2)
        except requests.RequestException:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing answered at {url}")
