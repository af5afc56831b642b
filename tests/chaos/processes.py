"""The real command as processes that a test can kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import requests

from tests.factories.house import BASE_URL

T = TypeVar("T")


def wait_for(condition: Callable[[], T], seconds: float, what: str) -> T:
    """The first true value of a condition that is looked at often; fails the test after that many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


class Tool:
    """`lti-badges serve` and `lti-badges worker` over one database; each can be killed with all its children."""

    def __init__(self, database_url: str, folder: Path, port: int) -> None:
        self.port = port
        self._folder = folder
        self._environment = os.environ | {
            "LTI_BADGES_BASE_URL": BASE_URL,
            "LTI_BADGES_DATABASE_URL": database_url,
            "LTI_BADGES_DATA_DIR": str(folder / "data"),
            "LTI_BADGES_KEYS_DIR": str(folder / "keys"),
            "LTI_BADGES_EMBEDDED_WORKER": "false",
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        arguments = ["serve", "--port", str(self.port)] if name == "serve" else ["worker"]
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", "lti_tool.cli", *arguments],
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if name == "serve":
            wait_for(self._answers, 30, "the web process answering")

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def kill(self, name: str) -> None:
        """kill -9 to the process and all its children at once."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_while(self, name: str, condition: Callable[[], object]) -> None:
        """kill -9 at a moment when the condition holds: the process is halted to look, and goes on if it does not."""
        process = self._running[name]

        def caught() -> bool:
            os.killpg(process.pid, signal.SIGSTOP)
            if condition():
                return True
            os.killpg(process.pid, signal.SIGCONT)
            return False

        wait_for(caught, 30, f"catching {name} at its work")
        self.kill(name)

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")[-4000:]
