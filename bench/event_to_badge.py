"""From an accepted event to a badge that its learner can download, on SQLite.

Ours: ``lti-badges serve`` as an operator starts it. A signed webhook is acknowledged (the event is on disk), and the
clock runs until the learner's own page gives the signed badge as a file: inbox, record, decision, intent, signature
and storage lie between, each a transaction that survives a crash. The peer does all of it inside the request (see
_synchronous_issuer.py); its clock runs from sending the event, as it has nothing to acknowledge before. Both are
asked every two milliseconds, one learner after another; a round is one batch of each.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from standardwebhooks import Webhook

from bench._process import process
from bench._results import Row
from lti_tool.bootstrap.clock import SystemClock
from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import upgrade
from lti_tool.demo.servers import free_ports
from lti_tool.domain.award import PERIOD_ONCE, Award
from lti_tool.usecases.ports import LaunchSession
from lti_tool.usecases.receive_launch import secret_hash
from tests.factories.house import BASE_URL, CONTEXT, REGISTRATION, TestHouse, make_house

BATCH = 30
ASK_EVERY_SECONDS = 0.002
GIVE_UP_SECONDS = 20.0
SECRET = "whsec_" + "YmVuY2htYXJrLXNlY3JldC1ub3QtYS1yZWFsLW9uZSEh"
PEER = "synchronous Flask + SQLite + openbadgeslib 4.6.3"


def run(rounds: int = 5) -> list[Row]:
    """Medians over interleaved rounds; the 99th percentile is over all learners of all rounds. Milliseconds."""
    learners = [f"learner-{number}" for number in range((rounds + 1) * BATCH)]
    ours: list[list[float]] = []
    theirs: list[list[float]] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        measure_ours = stack.enter_context(_our_tool(Path(name), learners))
        measure_peer = stack.enter_context(_peer(Path(name), _template(Path(name))))
        for number in range(rounds + 1):
            batch = learners[number * BATCH : (number + 1) * BATCH]
            ours.append([measure_ours(learner) for learner in batch])
            theirs.append([measure_peer(learner) for learner in batch])
    # The first round warms both up.
    return [
        _row("event_to_badge_median", statistics.median, ours[1:], theirs[1:]),
        _row("event_to_badge_p99", _p99, ours[1:], theirs[1:]),
    ]


def _row(name: str, figure: Callable[[list[float]], float], ours: list[list[float]], theirs: list[list[float]]) -> Row:
    mine, other = figure([ms for batch in ours for ms in batch]), figure([ms for batch in theirs for ms in batch])
    return Row(name=name, ours=mine, peer=other, ratio=mine / other, unit="ms", peer_name=PEER, runs=len(ours))


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98]


@contextmanager
def _our_tool(folder: Path, learners: list[str]) -> Iterator[Callable[[str], float]]:
    url = f"sqlite:///{folder / 'ours.sqlite3'}"
    upgrade(make_engine(url))
    lab = make_house(url, folder, learners)
    [port] = free_ports(1)
    with lab.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        unit.registrations.save(replace(held, webhook_secret=SECRET))
        # No platform answers here: what is delivered to a gradebook comes after the badge.
        unit.courses.save(replace(lab.course, lineitems_url="", memberships_url=""))
        unit.commit()
    badge = lab.publish()
    lab.work()
    environment = os.environ | {
        "LTI_BADGES_BASE_URL": BASE_URL,
        "LTI_BADGES_DATABASE_URL": url,
        "LTI_BADGES_DATA_DIR": str(folder),
        "LTI_BADGES_KEYS_DIR": str(folder / "keys"),
    }
    command = [sys.executable, "-m", "lti_tool.cli", "serve", "--port", str(port)]
    with process(command, f"http://127.0.0.1:{port}/healthz", environment):
        yield _OurClient(lab, badge.id, f"http://127.0.0.1:{port}").measure


class _OurClient:
    def __init__(self, lab: TestHouse, achievement_id: str, url: str) -> None:
        self._lab = lab
        self._achievement_id = achievement_id
        self._url = url
        self._http = requests.Session()
        self._clock = SystemClock()

    def measure(self, learner: str) -> float:
        person = self._lab.people[learner]
        session_id = self._open_session(person.id)
        award_id = Award.id_for(self._achievement_id, person.id, PERIOD_ONCE)
        file = f"{self._url}/s/{session_id}/my/{award_id}/file/json"
        headers = {"X-Launch-Token": self._lab.house.secret.page_token(session_id)}
        self._send(learner, "module.completed", {"id": "module-1", "type": "module", "title": "M"}, completed=True)
        quiz = {"id": "quiz-1", "type": "item", "title": "Q", "maximum": 100}
        self._send(learner, "item.scored", quiz, score={"given": 90, "maximum": 100})
        return _until(lambda: self._http.post(file, headers=headers).status_code == 200)

    def _open_session(self, person_id: str) -> str:
        now = self._clock.now()
        session_id = f"bench-{person_id}"
        course = self._lab.course
        session = LaunchSession(
            id=session_id,
            token_hash=secret_hash(self._lab.house.secret.page_token(session_id)),
            browser_hash="",
            registration_id=REGISTRATION,
            deployment_id=course.deployment_id,
            course_id=course.id,
            person_id=person_id,
            roles=("Learner",),
            data={},
            created_at=now,
            expires_at=now + timedelta(hours=1),
        )
        with self._lab.house.transactions() as unit:
            unit.launch_sessions.add(session)
            unit.commit()
        return session_id

    def _send(self, learner: str, kind: str, activity: dict[str, Any], **said: Any) -> None:
        now = datetime.now(UTC)
        data = {"context_id": CONTEXT, "user_id": learner, "activity": activity} | said
        body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data})
        webhook_id = f"{learner}-{kind}"
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(webhook_id, now, body),
            "content-type": "application/json",
        }
        answer = self._http.post(f"{self._url}/hooks/{REGISTRATION}", body, headers=headers)
        answer.raise_for_status()


@contextmanager
def _peer(folder: Path, template: Path) -> Iterator[Callable[[str], float]]:
    [port] = free_ports(1)
    url = f"http://127.0.0.1:{port}"
    database = folder / "peer.sqlite3"
    command = [sys.executable, "-m", "bench._synchronous_issuer", str(database), str(port), str(template)]
    http = requests.Session()

    def measure(learner: str) -> float:
        def send_and_look() -> bool:
            http.post(f"{url}/events", json={"id": learner, "learner": learner}).raise_for_status()
            return http.get(f"{url}/badges/{learner}").status_code == 200

        return _until(send_and_look)

    with process(command, f"{url}/badges/nobody", os.environ.copy()):
        yield measure


def _template(folder: Path) -> Path:
    """An unsigned badge of ours, so that the peer signs the same document."""
    lab = make_house(f"sqlite:///{folder / 'template.sqlite3'}", folder / "template", ["one"])
    lab.publish()
    lab.hear(lab.score("one", 90), lab.module("one"))
    lab.work()
    with lab.house.transactions(write=False) as unit:
        [award] = unit.awards.of_course(lab.course.id)
        credential = unit.credentials.get(award.id)
    assert credential is not None
    path = folder / "template.json"
    path.write_text(json.dumps(credential.unsigned))
    return path


def _until(done: Callable[[], bool]) -> float:
    """Milliseconds until it is so."""
    start = time.perf_counter()
    while not done():
        if time.perf_counter() - start > GIVE_UP_SECONDS:
            raise TimeoutError("the badge did not appear")
        time.sleep(ASK_EVERY_SECONDS)
    return (time.perf_counter() - start) * 1000
