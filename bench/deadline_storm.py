"""The night before the deadline: a class of thousands hands in within a minute, and the LMS is not well.

10,000 signed events in 60 seconds, a fifth of them sent twice, to the scaled form (two web processes, two Celery
workers, PostgreSQL with fsync, Redis), all on this machine beside the sender and the LMS. The LMS answers 30 % of the
calls of its services with 429, 5 % with 500 and a page, 2 % never (see _sick_platform.py). Meanwhile people launch.

Raised where an event was lost, a badge missing or doubled, or a score not in the gradebook in the end. The rows are
against what is promised: seconds until the backlog is drained, milliseconds of a launch (login and launch, 95th
percentile), MiB of the largest process. ``STORM_EVENTS`` makes it shorter at the same rate, for trying.
"""

from __future__ import annotations

import html
import multiprocessing
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import requests
from sqlalchemy import text

from bench._load import SECRET, Connection, Event, completed, scored
from bench._process import process
from bench._results import Row
from bench._sick_platform import SickPlatform
from bench.launch import LAUNCH_PATH, LOGIN, LOGIN_PATH
from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.demo.servers import free_ports
from tests.factories.house import REGISTRATION, TestHouse, make_house
from tests.services.peers import PEERS
from tests.services.postgres import DURABLE, running_cluster
from tests.services.redis import running_redis

EVENTS = int(os.environ.get("STORM_EVENTS", "10000"))
A_SECOND = 10_000 / 60
TWICE = 0.2
SENDERS = 16
DRAINED_WITHIN_SECONDS = 900.0
OPEN_WORK = text(
    "SELECT count(*) FROM outbox WHERE kind IN"
    " ('apply_events', 'evaluate_learner', 'issue_credential', 'deliver_to_gradebook')"
)


@dataclass
class Watch:
    """What is measured from outside while the storm goes on."""

    launches: list[float] = field(default_factory=list)
    failed_launches: int = 0
    largest: dict[int, float] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)


def run() -> list[Row]:
    pg_ctl, redis_server = PEERS["postgresql"].find(), PEERS["redis-server"].find()
    if pg_ctl is None or redis_server is None:
        print("PostgreSQL or Redis is not on this machine; the rows are left as they were.")
        return []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        cluster = stack.enter_context(running_cluster(pg_ctl, DURABLE))
        redis_url = stack.enter_context(running_redis(redis_server, Path(name)))
        return _storm(cluster.create("storm"), redis_url, Path(name))


def _storm(database_url: str, redis_url: str, folder: Path) -> list[Row]:
    web, lms = free_ports(2)
    base_url = f"http://localhost:{web}"
    learners = [f"learner-{number}" for number in range(round(EVENTS * (1 - TWICE) / 2))]
    platform = SickPlatform(lms, base_url)
    watch = Watch()
    with ExitStack() as stack:
        stack.enter_context(_own_process(platform))
        lab = _prepare(database_url, folder, learners, base_url, platform)
        _start(stack, _environment(database_url, redis_url, folder, base_url, platform), base_url, web)
        watchers = [
            threading.Thread(target=_launch_now_and_then, args=(base_url, platform, watch)),
            threading.Thread(target=_weigh, args=(watch,)),
        ]
        for watcher in watchers:
            watcher.start()
        try:
            _send(web, _events(learners))
            took = _drain(lab, platform, len(learners))
        finally:
            watch.over.set()
            for watcher in watchers:
                watcher.join()
        _require_all(lab, learners)
        print(requests.get(f"{platform.url}/seen", timeout=10).json()["answers"], f"{len(watch.launches)} launches")
    if watch.failed_launches:
        raise RuntimeError(f"{watch.failed_launches} launches failed")
    p95 = statistics.quantiles([seconds * 1000 for seconds in watch.launches], n=20, method="inclusive")[18]
    return [
        _row("deadline_storm_drained", took, DRAINED_WITHIN_SECONDS, "s"),
        _row("deadline_storm_launch_p95", p95, 1000.0, "ms"),
        _row("deadline_storm_largest_process", max(watch.largest.values()), 150.0, "MiB"),
    ]


def _row(name: str, ours: float, promised: float, unit: str) -> Row:
    told = "the promise, which is a limit"
    return Row(name=name, ours=ours, peer=promised, ratio=ours / promised, unit=unit, peer_name=told, runs=1)


def _prepare(url: str, folder: Path, learners: list[str], base_url: str, platform: SickPlatform) -> TestHouse:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
    lab = make_house(url, folder, learners, base_url)
    with lab.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        here = replace(held, issuer=platform.url, auth_login_url=f"{platform.url}/auth")
        here = replace(here, auth_token_url=f"{platform.url}/token", jwks_url=platform.jwks_url)
        unit.registrations.save(replace(here, webhook_secret=SECRET))
        unit.courses.save(replace(lab.course, lineitems_url=f"{platform.url}/lineitems", memberships_url=""))
        unit.commit()
    lab.publish()
    lab.work()
    return lab


def _environment(url: str, redis_url: str, folder: Path, base_url: str, platform: SickPlatform) -> dict[str, str]:
    return os.environ | {
        "LTI_BADGES_BASE_URL": base_url,
        "LTI_BADGES_DATABASE_URL": url,
        "LTI_BADGES_DATA_DIR": str(folder),
        "LTI_BADGES_KEYS_DIR": str(folder / "keys"),
        "LTI_BADGES_ENGINE": "celery",
        "LTI_BADGES_REDIS_URL": redis_url,
        "LTI_BADGES_LOG_FORMAT": "json",
        "LTI_BADGES_PLATFORM_CALLS": "8",
        "LTI_BADGES_ALLOWED_PRIVATE_HOSTS": f'["{platform.jwks_host}"]',
    }


def _start(stack: ExitStack, environment: dict[str, str], base_url: str, port: int) -> None:
    """Two web processes and two workers; each answers at an address when it is ready."""
    tool = [sys.executable, "-m", "lti_tool.cli"]
    serve = [*tool, "serve", "--port", str(port), "--processes", "2", "--threads", "4"]
    stack.enter_context(process(serve, f"{base_url}/healthz", environment))
    for metrics in free_ports(2):
        address = f"127.0.0.1:{metrics}"
        stack.enter_context(process([*tool, "worker", "--metrics", address], f"http://{address}/", environment))


def _events(learners: list[str]) -> list[Event]:
    chance = random.Random(6)
    unique = [event for name in learners for event in (scored(f"{name}-s", name, 90), completed(f"{name}-m", name))]
    events = unique + chance.sample(unique, EVENTS - len(unique))
    chance.shuffle(events)
    return events


def _send(port: int, events: list[Event]) -> None:
    """At an even rate, each until it is acknowledged, as a platform does."""
    begun, lock, waiting, refused = time.monotonic(), threading.Lock(), iter(enumerate(events)), 0

    def send() -> None:
        nonlocal refused
        connection = Connection(port)
        while True:
            with lock:
                number, event = next(waiting, (0, None))
            if event is None:
                return
            time.sleep(max(0.0, begun + number / A_SECOND - time.monotonic()))
            while connection.ask(event.request()) not in (200, 202):
                with lock:
                    refused += 1
                time.sleep(0.5)

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{len(events)} events acknowledged in {time.monotonic() - begun:.1f} s; {refused} were sent again")


def _drain(lab: TestHouse, platform: SickPlatform, expected: int) -> float:
    """Seconds until nothing waits and every score stands in the gradebook."""
    begun = time.monotonic()
    while time.monotonic() - begun < DRAINED_WITHIN_SECONDS * 1.5:
        with lab.house.engine.connect() as connection:
            waiting = connection.execute(OPEN_WORK).scalar_one()
        scores = requests.get(f"{platform.url}/seen", timeout=30).json()["scores"]
        if waiting == 0 and len(scores) == expected:
            return time.monotonic() - begun
        time.sleep(1)
    raise RuntimeError(f"{waiting} pieces of work wait and {len(scores)} of {expected} scores are known")


def _require_all(lab: TestHouse, learners: list[str]) -> None:
    with lab.house.engine.connect() as connection:
        stored = connection.execute(text("SELECT count(*) FROM inbox_events")).scalar_one()
        issued = connection.execute(
            text("SELECT count(*), count(DISTINCT person_id) FROM awards WHERE state = 'issued'")
        ).one()
        dead = connection.execute(text("SELECT count(*) FROM outbox WHERE state = 'dead'")).scalar_one()
    if (stored, *issued, dead) != (2 * len(learners), len(learners), len(learners), 0):
        raise RuntimeError(f"{stored} events, {issued} awards of people, {dead} pieces of work set aside")


def _launch_now_and_then(base_url: str, platform: SickPlatform, watch: Watch) -> None:
    number = 0
    while not watch.over.wait(0.5):
        number += 1
        try:
            watch.launches.append(_launch(base_url, platform, number % 100))
        except (requests.RequestException, TypeError, AssertionError):
            watch.failed_launches += 1


def _launch(base_url: str, platform: SickPlatform, learner: int) -> float:
    """Seconds that the tool took for login and launch, in a browser of its own."""
    with requests.Session() as browser:
        begun = time.perf_counter()
        asks = LOGIN | {"iss": platform.url, "target_link_uri": base_url + LAUNCH_PATH}
        page = browser.get(base_url + LOGIN_PATH, params=asks, timeout=30)
        seconds = time.perf_counter() - begun
        found = re.search(r'data-auth-url="([^"]+)"', page.text)
        assert found is not None
        asked = {name: values[0] for name, values in parse_qs(urlsplit(html.unescape(found[1])).query).items()}
        form = {"state": asked["state"], "id_token": platform.id_token(asked["nonce"], learner)}
        begun = time.perf_counter()
        # The cookie is for https, which the reverse proxy of an installation speaks.
        cookie = {"Cookie": "; ".join(f"{held.name}={held.value}" for held in browser.cookies)}
        opened = browser.post(base_url + LAUNCH_PATH, form, headers=cookie, timeout=30, allow_redirects=False)
        assert opened.status_code == 303
        return seconds + time.perf_counter() - begun


def _weigh(watch: Watch) -> None:
    """The resident memory of each process of the tool, every second, MiB."""
    while not watch.over.wait(1.0):
        for child in psutil.Process().children(recursive=True):
            try:
                if "lti_tool.cli" in child.cmdline():
                    mib = child.memory_info().rss / 2**20
                    watch.largest[child.pid] = max(mib, watch.largest.get(child.pid, 0.0))
            except psutil.Error:
                continue


@contextmanager
def _own_process(platform: SickPlatform) -> Iterator[None]:
    server = multiprocessing.get_context("fork").Process(target=platform.serve_services, daemon=True)
    server.start()
    try:
        yield
    finally:
        server.terminate()
        server.join()
