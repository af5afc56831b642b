"""What goes wrong in a soak, drawn by lot: processes are killed and frozen, PostgreSQL is stopped hard, the line to it
cut, Redis wiped."""

from __future__ import annotations

import random
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.chaos.installation import Installation
from tests.fakes.bad_network import BadNetwork
from tests.services.postgres import Cluster

FROZEN_SECONDS = (4.0, 14.0)  # some are longer than a lease
KILLED_WHILE_STARTING = 0.2
DOWN_SECONDS = (0.2, 2.0)
# F21: up to two minutes, where the run is long enough.
CUT_SECONDS = (5.0, 120.0)


class RedisServer:
    """A Redis that keeps nothing, on a port of its own, and can be killed."""

    def __init__(self, executable: Path, port: int, folder: Path) -> None:
        self._command = [
            str(executable),
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self._folder = folder
        self.url = f"redis://127.0.0.1:{port}/0"
        self.start()

    def start(self) -> None:
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=log, stderr=log)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def wipe(self) -> None:
        try:
            with Redis.from_url(self.url, socket_timeout=2) as client:
                client.flushall()
        except RedisError:
            return  # it is starting


class Faults:
    """Does harm until `stop`; `every` are the seconds between two kills on average. `line` is one worker's to the
    database."""

    def __init__(
        self,
        installation: Installation,
        chance: random.Random,
        every: float,
        period: float,
        cluster: Cluster | None = None,
        redis: RedisServer | None = None,
        line: BadNetwork | None = None,
    ) -> None:
        self._period = period
        self._installation = installation
        self._chance = chance
        self._stopping = threading.Event()
        self.counts: Counter[str] = Counter()
        # Each kind has a thread and dice of its own, so that a fault of one kind can fall into one of another.
        kinds: list[tuple[Callable[[], None], float]] = [(self._kill, every), (self._freeze, period)]
        if cluster is not None:
            kinds.append((lambda: self._stop_database(cluster), period))
        if redis is not None:
            kinds.append((lambda: self._harm_redis(redis), period))
        if line is not None:
            kinds.append((lambda: self._cut(line), period))
        self._threads = [threading.Thread(target=self._often, args=kind, daemon=True) for kind in kinds]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Returns when the last fault is over: everything runs, or is being started."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _often(self, harm: Callable[[], None], every: float) -> None:
        while not self._stopping.wait(every * self._chance.uniform(0.5, 1.5)):
            harm()

    def _kill(self) -> None:
        # On a slow machine nothing would ever be up if each start were cut short; some are.
        units = self._installation.units
        if self._chance.random() > KILLED_WHILE_STARTING:
            units = [unit for unit in units if unit.is_up] or units
        self._installation.kill(self._chance.choice(units), self._chance)

    def _freeze(self) -> None:
        unit = self._chance.choice([unit for unit in self._installation.units if unit.name != "web"])
        if self._installation.freeze(unit):
            self.counts["frozen"] += 1
            self._stopping.wait(self._chance.uniform(*FROZEN_SECONDS))
            self._installation.thaw(unit)

    def _stop_database(self, cluster: Cluster) -> None:
        cluster.stop_hard()
        self.counts["PostgreSQL stopped"] += 1
        time.sleep(self._chance.uniform(*DOWN_SECONDS))
        cluster.start()

    def _cut(self, line: BadNetwork) -> None:
        shortest, longest = CUT_SECONDS
        line.cut()
        self.counts["line cut"] += 1
        self._stopping.wait(self._chance.uniform(shortest, max(shortest, min(longest, 2 * self._period))))
        line.mend()

    def _harm_redis(self, redis: RedisServer) -> None:
        if self._chance.random() < 0.5:
            redis.wipe()
            self.counts["Redis wiped"] += 1
            return
        redis.kill()
        self.counts["Redis killed"] += 1
        time.sleep(self._chance.uniform(*DOWN_SECONDS))
        redis.start()
