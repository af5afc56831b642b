"""A private Open edX site as far as LTI goes: lti-consumer-xblock, run by tests/peers/xblock/openedx_site.py.

It has packages of its own, because Open edX pins other versions than the tool: they are installed once, beside it.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.services.peers import give_up

_ROOT = Path(__file__).parents[2]
_PEER = _ROOT / "tests/peers/xblock"
_STAMP = _PEER / ".venv/.installed"
_LOCK_FILE = _PEER / "requirements.lock"
_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class OpenEdx:
    """The site at `url`. Its people are terry, who teaches, and the learners ana and ben."""

    url: str
    database: Path

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def add_tool(self, login_url: str, launch_url: str, jwks_url: str) -> dict[str, str]:
        """What the author types in; gives what the settings' page shows her for the tool."""
        typed = {"login_url": login_url, "launch_url": launch_url, "jwks_url": jwks_url}
        answer = requests.post(f"{self.url}/tool", typed, timeout=20)
        answer.raise_for_status()
        shown: dict[str, str] = answer.json()
        return shown

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What stands in the site's own database."""
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]


@contextmanager
def running_open_edx(folder: Path, port: int) -> Iterator[OpenEdx]:
    """The site on a port of 127.0.0.1. Where its packages are missing and cannot be had, see `give_up`."""
    program = _installed()
    url = f"http://127.0.0.1:{port}"
    log_file = folder / "open_edx.log"
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [str(program), str(_PEER / "openedx_site.py"), str(folder), str(port)],
            stdout=log,
            stderr=log,
            env={"PATH": os.environ["PATH"]},
        )
        try:
            _await(url, process, log_file)
            yield OpenEdx(url, folder / "platform.sqlite3")
        finally:
            process.terminate()
            process.wait()


def _await(url: str, process: subprocess.Popen[bytes], log_file: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            requests.get(f"{url}/ready", timeout=2)
        except requests.ConnectionError:
            assert process.poll() is None, log_file.read_text()[-3000:]
            assert time.monotonic() < deadline, f"the site did not start: {log_file.read_text()[-3000:]}"
            time.sleep(0.1)
        else:
            return


def _installed() -> Path:
    """The Python that has lti-consumer-xblock."""
    with _LOCK_FILE.open() as guard:
        # Parallel test processes must not install into one folder at once.
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not _STAMP.exists() or _STAMP.stat().st_mtime < _LOCK_FILE.stat().st_mtime:
            command = [str(_ROOT / "scripts/open_edx_peer.sh"), sys.executable]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
            if done.returncode != 0:
                give_up(f"lti-consumer-xblock could not be installed: {done.stderr.strip()[-500:]}")
    return _PEER / ".venv/bin/python"
