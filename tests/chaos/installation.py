"""A running installation whose processes are started again whenever they end, as an operator's service manager does."""

from __future__ import annotations

import os
import random
import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from lti_tool.cli.main import cli
from tests.chaos.nursery import Nursery, Task


@dataclass
class Unit:
    """One service: a process with its children. `port` is where it listens, 0 for one that does not; `environment` is
    what it has otherwise than the others."""

    name: str
    arguments: Sequence[str]
    port: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    pid: int = 0
    frozen: bool = False
    starts: int = field(default=0)

    @property
    def is_alive(self) -> bool:
        try:
            return self.pid > 0 and psutil.Process(self.pid).status() != "zombie"
        except psutil.NoSuchProcess:
            return False

    @property
    def is_up(self) -> bool:
        """Whether it is through with starting, as far as can be seen from outside."""
        if not self.port:
            return self.is_alive
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Installation:
    def __init__(self, environment: dict[str, str], units: Sequence[Unit], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self.units = list(units)
        self._nursery = Nursery("tests.chaos.installation", {}, folder / "nursery.log")
        self._lock = threading.RLock()
        self._stopped = threading.Event()
        self._keeper = threading.Thread(target=self._keep_running, daemon=True)
        self.kills: Counter[str] = Counter()

    def start(self) -> None:
        self._keeper.start()

    def kill(self, unit: Unit, chance: random.Random) -> None:
        """kill -9: mostly to all of it; else to the first process alone, or to one of its children alone."""
        with self._lock:
            try:
                children = psutil.Process(unit.pid).children()
                if children and chance.random() < 0.4:
                    whom = f"{unit.name} child"
                    chance.choice(children).kill()
                elif children and chance.random() < 0.3:
                    whom = f"{unit.name} master"
                    os.kill(unit.pid, signal.SIGKILL)
                else:
                    whom = unit.name
                    os.killpg(unit.pid, signal.SIGKILL)
            except (psutil.NoSuchProcess, ProcessLookupError):
                return  # it has just been killed, and is about to be started
            self.kills[whom] += 1
            unit.frozen = False

    def freeze(self, unit: Unit) -> bool:
        with self._lock:
            if not unit.is_alive or unit.frozen or not _tell_group(unit.pid, signal.SIGSTOP):
                return False
            unit.frozen = True
            return True

    def thaw(self, unit: Unit) -> None:
        with self._lock:
            if unit.frozen:
                _tell_group(unit.pid, signal.SIGCONT)
            unit.frozen = False

    def stop(self) -> None:
        """kill -9 to all that runs."""
        self._stopped.set()
        self._keeper.join()
        for unit in self.units:
            if unit.is_alive:
                _tell_group(unit.pid, signal.SIGKILL)
        self._nursery.close()

    def log(self, name: str) -> str:
        path = self._folder / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    def _keep_running(self) -> None:
        while not self._stopped.wait(0.1):
            for unit in self.units:
                with self._lock:
                    if not unit.is_alive:
                        self._start(unit)

    def _start(self, unit: Unit) -> None:
        if unit.starts:
            # What a killed master left behind holds its port.
            _tell_group(unit.pid, signal.SIGKILL)
            time.sleep(0.1)
        unit.starts += 1
        environment = {**self._environment, **unit.environment}
        order: dict[str, Any] = {"arguments": list(unit.arguments), "environment": environment}
        unit.pid = self._nursery.start(log=str(self._folder / f"{unit.name}.log"), **order)


def _tell_group(group: int, what: signal.Signals) -> bool:
    """False where all of it is gone: it may end between a look at it and the signal."""
    try:
        os.killpg(group, what)
    except ProcessLookupError:
        return False
    return True


def nursery_task(_: dict[str, Any]) -> Task:
    """Runs the real command, with its settings in the environment as ever."""
    for module in ("gunicorn.workers.gthread", "gunicorn.arbiter", "psycopg", "sqlalchemy.dialects.sqlite"):
        __import__(module)

    def task(order: dict[str, Any]) -> None:
        output = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.update(order["environment"])
        # gunicorn reads the options of a command line of its own.
        sys.argv = ["lti-badges", *order["arguments"]]
        cli(order["arguments"])

    return task
