"""``make chaos``: a platform tells of thousands of grades, while every kind of process is killed again and again.

``MINUTES`` for each database, ``SEED`` to draw the same lots again, ``BACKEND`` sqlite or postgresql (both unless one
is named), ``EVENTS`` for the number of award-worthy events. Prints what was done and what the oracle says; ends with 1
where anything is not as it must be.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.demo.servers import free_ports
from lti_tool.settings import Settings
from tests.chaos.deliveries import TIMES, Platform, make_facts, shuffled
from tests.chaos.faults import Faults, RedisServer
from tests.chaos.installation import Installation, Unit
from tests.chaos.journal import Journal
from tests.chaos.lms import Lms
from tests.chaos.observed import observe
from tests.chaos.oracle import Violation, judge
from tests.chaos.scene import score_rule, set_up
from tests.factories.house import BASE_URL
from tests.fakes.bad_network import bad_network
from tests.services.peers import PEERS
from tests.services.postgres import DURABLE, running_cluster

BACKENDS = ("sqlite", "postgresql")
MOST_EVENTS, EVENTS_A_MINUTE = 10_000, 700
TARGETS = 10
# As often as this, but seldomer in a long run, where it comes to some 330 kills.
KILL_EVERY_SECONDS, KILLS = 1.7, 330
DRAINED_WITHIN_SECONDS = 60
# A platform whose deliveries are answered slowly sends slowly as well: this much may wait.
MOST_WAITING = 500
_WAITING = "SELECT count(*) FROM outbox WHERE state = 'ready' AND kind NOT IN ('keep_house', 'read_course')"
_UNAPPLIED = "SELECT count(*) FROM inbox_events WHERE state = 'received'"


class Soak:
    """One run over one database; `seconds` is how long the platform takes to say everything."""

    def __init__(self, backend: str, seed: int, seconds: float, events: int, folder: Path, stack: ExitStack) -> None:
        self._chance = random.Random(f"{seed} {backend}")
        self._backend, self._seconds, self._folder = backend, seconds, folder
        self._cluster = None
        if backend == "postgresql":
            self._cluster = stack.enter_context(running_cluster(_program("postgresql"), DURABLE))
        url = self._cluster.create("chaos") if self._cluster else f"sqlite:///{folder / 'chaos.sqlite3'}"
        self._lms = Lms().start()
        stack.callback(self._lms.stop)
        self._engine = make_engine(url)
        stack.callback(self._engine.dispose)
        upgrade(self._engine)
        self._targets = [f"quiz-{number}" for number in range(1, TARGETS + 1)]
        self._learners = [f"learner-{number:04}" for number in range(max(1, events // TARGETS))]
        self._journal = Journal(folder / "journal")
        self._facts = make_facts(self._learners, self._targets, self._chance)
        everybody = sorted({fact["learner"] for fact in self._facts})
        self._lms.members = [{"user_id": name, "roles": ["Learner"], "status": "Active"} for name in everybody]
        scene = set_up(url, folder, self._lms.url, everybody, [[score_rule(target)] for target in self._targets])
        self._journal.write(*scene.rules, *self._facts)
        [port, redis_port] = free_ports(2)
        redis = RedisServer(_program("redis-server"), redis_port, folder) if self._cluster else None
        if redis:
            stack.callback(redis.kill)
        environment = _environment(url, folder, self._lms.host, redis)
        line, beyond = None, {}
        if self._cluster:
            line = stack.enter_context(bad_network(self._cluster.socket_dir / ".s.PGSQL.5432", loss=0.01))
            beyond["LTI_BADGES_DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{line.port}/chaos"
        processes = "2" if self._cluster else "1"
        units = [
            Unit("web", ["serve", "--port", str(port), "--processes", processes], port),
            Unit("worker-1", ["worker"]),
            Unit("worker-2", ["worker"], environment=beyond),
        ]
        self._installation = Installation(environment, units, folder)
        stack.callback(self._installation.stop)
        every, period = max(KILL_EVERY_SECONDS, seconds / KILLS), min(30.0, seconds / 3)
        self._faults = Faults(self._installation, self._chance, every, period, self._cluster, redis, line)
        self._platform = Platform(
            f"http://127.0.0.1:{port}", self._journal, shuffled(self._facts, self._chance), seconds
        )

    def run(self) -> list[Violation]:
        self._installation.start()
        # Publishing weighs everybody once: that is not what is being tried.
        while self._left():
            time.sleep(0.3)
        self._platform.start()
        began = time.monotonic()
        self._faults.start()
        deadline = began + max(3 * self._seconds, self._seconds + 300)
        told = began
        while not self._platform.is_done and time.monotonic() < deadline:
            time.sleep(0.3)
            waiting = self._count(_WAITING)
            self._platform.may_send = lambda waiting=waiting: waiting <= MOST_WAITING  # type: ignore[misc]
            if time.monotonic() - told > 30:
                told = time.monotonic()
                self._tell(f"{told - began:.0f} s", waiting)
        self._faults.stop()
        self._platform.stop()
        stopped = time.monotonic()
        while (left := self._left()) and time.monotonic() - stopped < DRAINED_WITHIN_SECONDS:
            time.sleep(0.3)
        drained = time.monotonic() - stopped
        self._tell("at the end", left)
        violations = [*self._unfinished(left), *judge(self._journal.lines(), observe(self._engine, self._lms))]
        self._report(drained, began, violations)
        return violations

    def _unfinished(self, left: int) -> Iterator[Violation]:
        if self._platform.left:
            yield Violation("unsent", f"{self._platform.left} deliveries were never acknowledged")
        if left:
            yield Violation("not drained", f"{left} pieces wait {DRAINED_WITHIN_SECONDS} s after the last fault")
        yield from (Violation("refused", answer) for answer in self._platform.refused[:5])

    def _left(self) -> int:
        return self._count(_WAITING) + self._count(_UNAPPLIED)

    def _count(self, query: str) -> int:
        return _count(self._engine, query)

    def _tell(self, when: str, waiting: int) -> None:
        kills = sum(self._installation.kills.values())
        print(f"  {when}: {self._platform.acknowledged} acknowledged, {waiting} waiting, {kills} kills", flush=True)

    def _report(self, drained: float, began: float, violations: list[Violation]) -> None:
        worthy = len(self._learners) * len(self._targets)
        kills = self._installation.kills
        print(f"  {worthy} award-worthy events in {len(self._facts)} facts, {TIMES} times each:", end=" ")
        print(f"{self._platform.acknowledged} acknowledged deliveries in {self._platform.attempts} attempts")
        print(f"  {sum(kills.values())} kill -9: {_shown(kills)}; {_shown(self._faults.counts)}")
        print(f"  drained {drained:.1f} s after the last fault; {time.monotonic() - began:.0f} s in all")
        for kind, times in Counter(violation.kind for violation in violations).items():
            print(f"  VIOLATION {kind}: {times}, such as {next(v.what for v in violations if v.kind == kind)}")
        if not violations:
            print(f"  0 lost, 0 duplicate, 0 to the wrong person of {worthy} (95 % bound: {300 / worthy:.3f} %)")
        else:
            print("".join(self._installation.log(unit.name) for unit in self._installation.units)[-6000:])


def _count(engine: Engine, query: str) -> int:
    """A count, or something large while the database is away."""
    try:
        with engine.connect().execution_options(write=False) as connection:
            return int(connection.execute(text(query)).scalar_one())
    except SQLAlchemyError:
        engine.dispose()
        return 10**6


def _environment(url: str, folder: Path, lms_host: str, redis: RedisServer | None) -> dict[str, str]:
    environment = {
        "LTI_BADGES_BASE_URL": BASE_URL,
        "LTI_BADGES_DATABASE_URL": url,
        "LTI_BADGES_DATA_DIR": str(folder / "data"),
        "LTI_BADGES_KEYS_DIR": str(folder / "keys"),
        "LTI_BADGES_ALLOWED_PRIVATE_HOSTS": json.dumps([lms_host]),
        # On one small machine web and worker share a process.
        "LTI_BADGES_EMBEDDED_WORKER": "false" if redis else "true",
        "LTI_BADGES_REDIS_URL": redis.url if redis else "",
    }
    return environment | ({"LTI_BADGES_ENGINE": "celery"} if redis and "engine" in Settings.model_fields else {})


def _shown(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {times}" for name, times in sorted(counts.items())) or "no other faults"


def _program(name: str) -> Path:
    found = PEERS[name].find()
    if found is None:
        sys.exit(f"{name} is not on this machine. To get it: {PEERS[name].remedy}")
    return found


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lti-badges-chaos-") as name:
        yield Path(name)


def soak(backend: str, seed: int, minutes: float, events: int) -> list[Violation]:
    """One run; gives what the oracle found."""
    events = events or min(MOST_EVENTS, round(EVENTS_A_MINUTE * minutes))
    print(f"{backend}: {minutes:g} minutes, seed {seed}", flush=True)
    with _folder() as folder, ExitStack() as stack:
        return Soak(backend, seed, minutes * 60, events, folder, stack).run()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--backend", choices=BACKENDS)
    parser.add_argument("--events", type=int, default=0)
    asked = parser.parse_args()
    # Whoever ends us early leaves no process behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    backends = [asked.backend] if asked.backend else BACKENDS
    violations = [soak(backend, asked.seed, asked.minutes, asked.events) for backend in backends]
    print("The oracle found nothing wrong." if not any(violations) else "THE ORACLE FOUND VIOLATIONS.")
    return 1 if any(violations) else 0


if __name__ == "__main__":
    sys.exit(main())
