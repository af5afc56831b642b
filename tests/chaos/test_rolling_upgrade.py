"""F37: the next version brings its migration in while this one takes events in and issues badges, and works beside
it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from standardwebhooks import Webhook

from lti_tool.bootstrap.house import House, assemble
from lti_tool.bootstrap.site import create_site
from lti_tool.bootstrap.workers import Workers
from lti_tool.db.migrate import newest_revision
from tests.chaos.lab import issued, make_lab, require_each_once
from tests.chaos.next_version import next_version
from tests.chaos.processes import Tool, wait_for
from tests.chaos.sending import SECRET, bodies
from tests.factories.house import REGISTRATION, TestHouse

LEARNERS = [f"learner-{number:02}" for number in range(16)]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


class ThisVersion:
    """In this process: events come in over `threads` connections at once, and workers work."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._site = create_site(house)
        self._left = bodies(LEARNERS)
        self._go_on = threading.Event()
        self._workers = Workers(house)
        self._senders = ThreadPoolExecutor(4)
        self.answers: list[int] = []
        self._sent = [self._senders.submit(self._send_all) for _ in range(4)]
        self._workers.start()

    def _send_all(self) -> None:
        """The last half waits for the migration."""
        while True:
            if len(self._left) <= len(LEARNERS):
                self._go_on.wait(60)
            try:
                webhook_id, body = self._left.pop()
            except IndexError:  # another thread took the last one
                return
            while self._send(webhook_id, body) != 202:
                time.sleep(0.05)
            time.sleep(0.02)

    def _send(self, webhook_id: str, body: str) -> int:
        now = datetime.now(UTC)
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(webhook_id, now, body),
            "content-type": "application/json",
        }
        answer = self._site.test_client().post(f"/hooks/{REGISTRATION}", data=body, headers=headers)
        self.answers.append(answer.status_code)
        return answer.status_code

    def go_on(self) -> None:
        self._go_on.set()

    def stop(self) -> None:
        self.go_on()
        for one in self._sent:
            one.result(60)
        self._senders.shutdown()
        self._workers.stop()


@pytest.fixture
def lab(migrated_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_lab(migrated_database_url, tmp_path, LEARNERS)
    yield made
    made.house.engine.dispose()


def schema_of(lab: TestHouse) -> str:
    with lab.house.engine.connect().execution_options(write=False) as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def test_the_next_version_comes_in_while_this_one_works(
    lab: TestHouse, migrated_database_url: str, tmp_path: Path
) -> None:
    following = Tool(migrated_database_url, tmp_path, 0, code=next_version(tmp_path))
    house = assemble(lab.house.settings)
    with structlog.testing.capture_logs() as log:
        this = ThisVersion(house)
        try:
            wait_for(lambda: issued(lab) > 2, 30, "the first badges")
            # It migrates first, as `db upgrade` does.
            following.start("worker")
            wait_for(lambda: schema_of(lab) > newest_revision(), 30, f"the migration ({following.log('worker')})")
            # A process of this version that is started again finds a schema that it does not know, and works with it.
            house.prepare()
            this.go_on()
            wait_for(lambda: issued(lab) == len(LEARNERS), 60, f"issuing every badge ({following.log('worker')})")
        finally:
            this.stop()
            following.stop()
            house.engine.dispose()
    require_each_once(lab)
    assert lab.house.queue.depth().get("dead", 0) == 0
    # Whoever sends may be told to come again, and nothing worse.
    assert set(this.answers) <= {202, 503}
    assert [line for line in log if line["event"] in ("page.crashed", "work.buried")] == []
