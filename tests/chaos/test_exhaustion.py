"""F17: no file, no memory and no inode is left. What is not stored is not acknowledged, nobody is turned out who was
let in, and it goes on by itself."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
import requests
from sqlalchemy import text
from standardwebhooks import Webhook

from lti_tool.demo.servers import free_ports
from tests.chaos.lab import make_lab
from tests.chaos.processes import Tool, wait_for
from tests.chaos.sending import SECRET, bodies
from tests.factories.beginnings import migrated
from tests.factories.house import REGISTRATION, TestHouse
from tests.services.databases import SqliteDatabases

LEARNERS = [f"learner-{number}" for number in range(100)]
FILES = 64
STORED = 202

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of a running process can be set on Linux only"),
]


class Sender:
    """Sends each event once; `acknowledged` holds the ids of those that were answered with 2xx."""

    def __init__(self, tool: Tool, lab: TestHouse) -> None:
        self._tool, self._lab = tool, lab
        self._left = bodies(LEARNERS)
        self.acknowledged: set[str] = set()

    def send(self, seconds: float = 15) -> int:
        """The status, 0 where there was no answer."""
        webhook_id, body = self._left.pop()
        now = datetime.now(UTC)
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(webhook_id, now, body),
            "content-type": "application/json",
        }
        try:
            answer = requests.post(f"{self._tool.url}/hooks/{REGISTRATION}", body, headers=headers, timeout=seconds)
        except requests.RequestException:
            return 0
        if answer.status_code == STORED:
            self.acknowledged.add(webhook_id)
        return answer.status_code

    def send_at_once(self, count: int, seconds: float = 15) -> list[int]:
        with ThreadPoolExecutor(count) as threads:
            return list(threads.map(self.send, [seconds] * count))

    def nothing_is_lost(self) -> bool:
        with self._lab.house.engine.connect().execution_options(write=False) as connection:
            stored = set(connection.execute(text("SELECT event_id FROM inbox_events")).scalars())
        return self.acknowledged <= stored


@pytest.fixture
def lab(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[TestHouse]:
    url = sqlite_databases.copy_of(migrated)
    made = make_lab(url, tmp_path, LEARNERS)
    yield made
    made.house.engine.dispose()
    sqlite_databases.drop(url)


@pytest.fixture
def tool(lab: TestHouse, tmp_path: Path) -> Iterator[Tool]:
    url = lab.house.engine.url.render_as_string()
    made = Tool(url, tmp_path, free_ports(1)[0], files=FILES, LTI_BADGES_EMBEDDED_WORKER="true")
    made.start("serve")
    yield made
    made.stop()


@pytest.fixture
def sender(tool: Tool, lab: TestHouse) -> Sender:
    made = Sender(tool, lab)
    assert made.send() == STORED
    return made


def test_a_process_without_files_and_memory_holds_on_and_recovers(tool: Tool, sender: Sender) -> None:
    processes = tool.pids("serve")
    web = processes[-1]
    # More clients than it may have files, who say nothing: others are served all the same, and the database is open.
    crowd = [socket.create_connection(("127.0.0.1", tool.port), 5) for _ in range(FILES + 16)]
    began = time.monotonic()
    assert sender.send_at_once(4) == [STORED] * 4
    assert time.monotonic() - began < 10
    for client in crowd:
        client.close()
    # Fewer files than are open: not one more.
    resource.prlimit(web, resource.RLIMIT_NOFILE, (8, FILES))
    assert STORED not in sender.send_at_once(3, seconds=1)
    resource.prlimit(web, resource.RLIMIT_NOFILE, (FILES, FILES))
    wait_for(lambda: sender.send() == STORED, 15, "taking events in with files again")
    assert tool.pids("serve") == processes, tool.log("serve")
    # Not one page of memory more than it has, and threads that are still to be begun.
    resource.prlimit(web, resource.RLIMIT_AS, (psutil.Process(web).memory_info().vms, -1))
    sender.send_at_once(12, seconds=3)
    # That one may have ended for want of memory; then another has been started.
    for process in tool.pids("serve"):
        with suppress(ProcessLookupError):
            resource.prlimit(process, resource.RLIMIT_AS, (-1, -1))
    wait_for(lambda: sender.send(3) == STORED, 20, "taking events in with memory again")
    assert sender.nothing_is_lost()
