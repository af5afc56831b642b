"""Starts the tool and the practice LMS as processes of their own, and stops them again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess  # nosec B404 - starts this project's own programs, with fixed arguments
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import requests

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sandbox.forms import FORMS

START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """Where a demonstration runs. The tool is ``localhost`` and the LMS ``127.0.0.1``: two sites for a browser."""

    data: Path
    keys: Path
    port: int
    lms_port: int
    like: str = "plain"
    # Where the practice LMS has tools register: a port of its own, 0 for the one of its pages.
    account_port: int = 0

    @property
    def tool_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def names_deployment(self) -> bool:
        """Whether the LMS says at registration under which deployment id it will launch the tool."""
        return FORMS[self.like].names_deployment

    @property
    def lms_url(self) -> str:
        return f"http://127.0.0.1:{self.lms_port}"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{(self.data / 'lti-badges.sqlite3').resolve()}"

    @property
    def lms_data(self) -> Path:
        return self.data / "practice-lms"

    @property
    def lms_api_token_file(self) -> Path:
        return self.lms_data / "api-token"

    @property
    def admin_token_file(self) -> Path:
        return self.keys / "admin-token"

    def lms_arguments(self) -> list[str]:
        """How the practice LMS is started."""
        arguments = ["--data", str(self.lms_data), "--port", str(self.lms_port), "--like", self.like]
        return arguments + (["--account-port", str(self.account_port)] if self.account_port else [])

    def environment(self) -> dict[str, str]:
        """The tool's settings: SQLite in the demonstration's folder, and the practice LMS as an allowed neighbour."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("LTI_BADGES_")}
        ports = filter(None, (self.lms_port, self.account_port))
        neighbours = json.dumps([*(f"127.0.0.1:{port}" for port in ports), f"localhost:{self.port}"])
        return own | {
            "LTI_BADGES_BASE_URL": self.tool_url,
            "LTI_BADGES_DATABASE_URL": self.database_url,
            "LTI_BADGES_DATA_DIR": str(self.data),
            "LTI_BADGES_KEYS_DIR": str(self.keys),
            "LTI_BADGES_ADMIN_TOKEN_FILE": str(self.admin_token_file),
            "LTI_BADGES_ALLOWED_PRIVATE_HOSTS": neighbours,
            "LTI_BADGES_EMBEDDED_WORKER": "true",
            "LTI_BADGES_REDIS_URL": "",
            "LTI_BADGES_READ_EVERY_SECONDS": "30",
            "LTI_BADGES_ISSUER_NAME": "Practice College",
        }


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody uses now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def account_port_for(like: str) -> int:
    """A port for the account's own host, where the LMS has one."""
    return free_ports(1)[0] if FORMS[like].has_account_host else 0


@dataclass
class DemoServers:
    """Both servers; as a context manager it starts them and stops them. `log_dir` gets their output."""

    place: DemoPlace
    log_dir: Path
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> DemoServers:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when both answer. Raises `demo.not_started` with the end of the log of the one that did not."""
        place = self.place
        self.log_dir.mkdir(parents=True, exist_ok=True)
        try:
            self._run("tool", ["serve", "--host", "localhost", "--port", str(place.port)])
            self._run("practice LMS", ["practice-lms", *place.lms_arguments()])
            self._wait("tool", f"{place.tool_url}/healthz")
            self._wait("practice LMS", place.lms_url)
        except BaseException:
            self.stop()
            raise

    def ended(self) -> str | None:
        """The name of a server that ended by itself, if one did."""
        return next((name for name, process in self._processes.items() if process.poll() is not None), None)

    def stop(self) -> None:
        """Asks both to end, and makes those end that do not within ten seconds."""
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def _run(self, name: str, arguments: Sequence[str]) -> None:
        command = [sys.executable, "-m", "lti_tool.cli", *arguments]
        with self._log(name).open("ab") as log:
            # A session of its own: Ctrl-C reaches us alone, and we stop them in order.
            self._processes[name] = subprocess.Popen(  # nosec B603
                command,
                env=self.place.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def _log(self, name: str) -> Path:
        return self.log_dir / f"{name.replace(' ', '-').lower()}.log"

    def _wait(self, name: str, url: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._processes[name].poll() is None:
            try:
                if requests.get(url, timeout=2).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        tail = self._log(name).read_text(errors="replace")[-2000:]
        raise BadgeToolError("demo.not_started", f"The {name} did not start. The end of its log:\n{tail}", status=500)
