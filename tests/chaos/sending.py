"""A platform that sends signed events to the running tool until each is acknowledged."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import requests
from standardwebhooks import Webhook

from tests.chaos.processes import Tool
from tests.factories.house import CONTEXT, REGISTRATION

LEARNERS = [f"learner-{number:03}" for number in range(200)]
SECRET = "whsec_" + "c2VjcmV0LWZvci10ZXN0cy1vbmx5LW5vdC1yZWFsIQ=="


def bodies(learners: Sequence[str]) -> list[tuple[str, str]]:
    """Both events of every learner, in an order of their own: (webhook id, body)."""
    at = datetime.now(UTC).isoformat()
    events = []
    for subject in learners:
        common = {"context_id": CONTEXT, "user_id": subject, "deployment_id": "1"}
        quiz = {"id": "quiz-1", "type": "item", "title": "Quiz 1", "maximum": 100}
        module = {"id": "module-1", "type": "module", "title": "Module 1"}
        scored = common | {"activity": quiz, "score": {"given": 90, "maximum": 100}}
        done = common | {"activity": module, "completed": True}
        events.append((f"{subject}-s", {"type": "item.scored", "timestamp": at, "data": scored}))
        events.append((f"{subject}-m", {"type": "module.completed", "timestamp": at, "data": done}))
    random.Random(7).shuffle(events)
    return [(webhook_id, json.dumps(body)) for webhook_id, body in events]


class Sender(threading.Thread):
    """Sends every event until it is acknowledged, as a platform does: again after any failure.

    The last half waits for `rest`, so that there is work left when somebody is killed.
    """

    def __init__(self, tool: Tool, learners: Sequence[str] = LEARNERS) -> None:
        super().__init__(daemon=True)
        self._tool = tool
        self.waiting = bodies(learners)
        self._half = len(learners)
        self.refused: list[tuple[str, int]] = []
        self.rest = threading.Event()

    def run(self) -> None:
        while self.waiting:
            if len(self.waiting) <= self._half:
                self.rest.wait()
            webhook_id, body = self.waiting[-1]
            now = datetime.now(UTC)
            headers = {
                "webhook-id": webhook_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(SECRET).sign(webhook_id, now, body),
                "content-type": "application/json",
            }
            try:
                answer = requests.post(f"{self._tool.url}/hooks/{REGISTRATION}", body, headers=headers, timeout=5)
            except requests.RequestException:
                time.sleep(0.05)
                continue
            if answer.status_code >= 500:
                continue
            if answer.status_code not in (200, 202):
                self.refused.append((answer.text, answer.status_code))
            self.waiting.pop()
