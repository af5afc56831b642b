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

import psutil
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
    """`lti-badges serve` and `lti-badges worker` over one database; each can be killed with all its children.

    With a `redis_url` in the scaled form: web processes and workers that hear of work by Celery. A second worker is
    "worker-2". `files` is how many each process may have open, `code` the folder of another version of the tool.
    """

    def __init__(
        self,
        database_url: str,
        folder: Path,
        port: int,
        redis_url: str = "",
        *,
        files: int = 0,
        code: Path | None = None,
        **more: str,
    ) -> None:
        self.port = port
        self._code = code
        self._limit = ["sh", "-c", f'ulimit -n {files} && exec "$@"', "sh"] if files else []
        self._serve = ["serve", "--port", str(port), *(["--processes", "2"] if redis_url else [])]
        self._folder = folder
        self._environment = os.environ | {
            "LTI_BADGES_BASE_URL": BASE_URL,
            "LTI_BADGES_DATABASE_URL": database_url,
            "LTI_BADGES_DATA_DIR": str(folder / "data"),
            "LTI_BADGES_KEYS_DIR": str(folder / "keys"),
            "LTI_BADGES_EMBEDDED_WORKER": "false",
        }
        if redis_url:
            self._environment |= {"LTI_BADGES_ENGINE": "celery", "LTI_BADGES_REDIS_URL": redis_url}
        self._environment |= more
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> None:
        arguments = self._serve if name == "serve" else ["worker"]
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [*self._limit, sys.executable, "-m", "lti_tool.cli", *arguments],
                env=self._environment,
                cwd=self._code,
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
        """kill -9 at a moment when the condition holds."""
        self.freeze_while(name, condition)
        self.kill(name)

    def freeze_while(self, name: str, condition: Callable[[], object]) -> None:
        """Stops it at a moment when the condition holds: it is halted to look, and goes on if it does not."""

        def caught() -> bool:
            self.freeze(name)
            if condition():
                return True
            self.thaw(name)
            return False

        wait_for(caught, 30, f"catching {name} at its work")

    def freeze(self, name: str) -> None:
        """Every process of it stands still, as on a machine that swaps or is moved, until `thaw`."""
        os.killpg(self._running[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        os.killpg(self._running[name].pid, signal.SIGCONT)

    def terminate(self, name: str, seconds: float) -> int:
        """SIGTERM, as a deployment sends it; gives the exit code. Fails where it takes longer than that."""
        process = self._running[name]
        process.terminate()
        code = process.wait(seconds)
        del self._running[name]
        return code

    def pids(self, name: str) -> list[int]:
        """The process and all its children."""
        parent = psutil.Process(self._running[name].pid)
        return [parent.pid, *(child.pid for child in parent.children(recursive=True))]

    def stop(self) -> None:
        for name in list(self._running):
            self.kill(name)

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")[-4000:]
