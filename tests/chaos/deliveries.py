"""What a platform sends in a soak: grades worth a badge, regrades, late ones and others; each three times, shuffled,
and each time again until it is acknowledged."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.chaos.journal import Journal
from tests.chaos.story import webhook
from tests.factories.house import REGISTRATION

Fact = dict[str, Any]
REGRADED, LATE, UNWORTHY = 0.05, 0.02, 0.05
TIMES = 3
SENDERS = 4


def make_facts(learners: Sequence[str], targets: Sequence[str], chance: random.Random) -> list[Fact]:
    """One award-worthy fact for each (learner, target), 5 % of them regraded; of 5 % more learners none is worthy."""
    now = datetime.now(UTC)
    facts = []
    for number, (learner, target) in enumerate((name, target) for target in targets for name in learners):
        days = 7 if chance.random() < LATE else 0
        at = now - timedelta(days=days, hours=1) + timedelta(milliseconds=number)
        facts.append(_fact(learner, target, chance.randint(80, 100), at, late=days > 0))
        if chance.random() < REGRADED:
            # Half of them were better than before, half are worse now.
            facts.append(_fact(learner, target, chance.randint(0, 79), at + timedelta(minutes=chance.choice((-9, 9)))))
    for number in range(round(len(learners) * UNWORTHY)):
        at = now - timedelta(hours=1)
        facts += [_fact(f"unworthy-{number}", target, chance.randint(0, 79), at) for target in targets]
    return facts


def _fact(learner: str, target: str, value: int, at: datetime, *, late: bool = False) -> Fact:
    id_ = f"{learner}/{target}/{value}/{at:%d%H%M%S%f}"
    fact = {"say": "fact", "id": id_, "learner": learner, "target": target, "value": value, "at": at.isoformat()}
    return fact | ({"late": True} if late else {})


def shuffled(facts: Sequence[Fact], chance: random.Random) -> list[Fact]:
    """Each fact three times, in any order; what is late comes in the last tenth."""
    deliveries = [fact for fact in facts for _ in range(TIMES)]
    return sorted(deliveries, key=lambda fact: chance.uniform(0.9, 1.0) if fact.get("late") else chance.random())


class Platform:
    """Sends from several threads at an even pace, and keeps what it has left to say."""

    def __init__(self, url: str, journal: Journal, deliveries: Sequence[Fact], seconds: float) -> None:
        self._url = f"{url}/hooks/{REGISTRATION}"
        self._journal = journal
        self._waiting = list(reversed(deliveries))
        self._pause = seconds / max(1, len(deliveries))
        self._lock = threading.Lock()
        self._next_at = 0.0
        self.acknowledged = self.attempts = 0
        self.refused: list[str] = []
        self.may_send: Callable[[], bool] = lambda: True
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._send_all, daemon=True) for _ in range(SENDERS)]

    def start(self) -> None:
        self._next_at = time.monotonic()
        for thread in self._threads:
            thread.start()

    @property
    def is_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def left(self) -> int:
        return len(self._waiting)

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(20)

    def _take(self) -> Fact | None:
        """The next one, when its time has come; who falls behind does not catch up in a burst."""
        with self._lock:
            if not self._waiting:
                return None
            now = time.monotonic()
            self._next_at = max(self._next_at + self._pause, now - 1.0)
            wait, fact = self._next_at - now, self._waiting.pop()
        time.sleep(max(0.0, wait))
        return fact

    def _send_all(self) -> None:
        with requests.Session() as session:
            while not self._stopped.is_set() and (fact := self._take()) is not None:
                while not self._stopped.is_set() and not (self.may_send() and self._send(session, fact)):
                    time.sleep(0.1)

    def _send(self, session: requests.Session, fact: Fact) -> bool:
        body, headers = webhook(fact, datetime.now(UTC))
        with self._lock:
            self.attempts += 1
        try:
            answer = session.post(self._url, data=body, headers=headers, timeout=5)
        except requests.RequestException:
            return False
        if answer.status_code in (200, 202):
            self._journal.write({"say": "ack", "id": fact["id"]})
            with self._lock:
                self.acknowledged += 1
            return True
        if answer.status_code < 500 and answer.status_code != 429:
            self.refused.append(f"{answer.status_code} {answer.text[:200]}")
            return True
        return False
