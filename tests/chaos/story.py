"""A small story of one course, told to a house in this process: a sender that repeats what was not acknowledged, a
teacher who withdraws a badge, and workers in between. It can be taken up again wherever the last process died."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook

from lti_tool.bootstrap.house import House
from lti_tool.bootstrap.site import create_site
from lti_tool.bootstrap.workers import Workers
from lti_tool.domain.award import AwardState
from lti_tool.domain.identity import Actor
from lti_tool.observability.failpoints import Watch, When
from lti_tool.usecases.decide_award import RevokeAward
from lti_tool.usecases.work import Work
from tests.chaos.journal import Journal, acknowledged
from tests.chaos.scene import SECRET, Scene, open_house, score_rule
from tests.factories.house import CONTEXT, REGISTRATION, HandClock

START = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
BADGES = [[score_rule("quiz-1")]]
ENROLLED = ("ana", "ben", "cleo", "eve")
# Dora is on the platform's list and not yet on ours: what is said of her waits until it was read.
MEMBERS = (*ENROLLED, "dora")
WORK = "work"
MOST_ROUNDS = 5
Mark = Callable[[], dict[str, Any]]


def _fact(learner: str, value: int, minute: int) -> dict[str, Any]:
    at = (START - timedelta(hours=1) + timedelta(minutes=minute)).isoformat()
    id_ = f"{learner}-{minute}"
    return {"say": "fact", "id": id_, "learner": learner, "target": "quiz-1", "value": value, "at": at}


# In the order of arrival; the last number is the minute at which it happened.
STORY: tuple[dict[str, Any] | str, ...] = (
    _fact("dora", 92, 5),
    _fact("ana", 90, 1),
    WORK,
    _fact("ben", 85, 3),
    _fact("cleo", 95, 2),
    _fact("eve", 60, 5),
    # Late: it was replaced before it was heard of.
    _fact("ana", 10, 0),
    WORK,
    _fact("ana", 90, 1),
    _fact("cleo", 50, 9),
    {"say": "revoke", "id": "ben-revoked", "learner": "ben"},
    WORK,
)


def webhook(fact: dict[str, Any], now: datetime) -> tuple[str, dict[str, str]]:
    """Body and headers of the signed event that says a fact."""
    data = {
        "context_id": CONTEXT,
        "user_id": fact["learner"],
        "activity": {"id": fact["target"], "type": "item", "maximum": 100},
        "score": {"given": fact["value"], "maximum": 100},
    }
    body = json.dumps({"type": "item.scored", "timestamp": fact["at"], "data": data})
    return body, {
        "webhook-id": fact["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(fact["id"], now, body),
        "content-type": "application/json",
    }


@dataclass
class Switch:
    """The failpoints of a house that is assembled once: each process that was forked from it sets its own."""

    watches: Sequence[Watch] = ()

    def __call__(self, when: When, point: str) -> None:
        for watch in self.watches:
            watch(when, point)


class Witness:
    """A signer whose every signature is seen by the world before anything is done with it."""

    def __init__(self, signer: Any) -> None:
        self._signer = signer
        self.journal: Journal | None = None
        self.mark: Mark = dict

    def __getattr__(self, name: str) -> Any:
        return getattr(self._signer, name)

    def sign(self, unsigned: dict[str, Any], *rest: Any) -> Any:
        badge = self._signer.sign(unsigned, *rest)
        if self.journal is not None:
            digest = hashlib.sha256(badge.json.encode()).hexdigest()
            line = {"say": "signed", "credential": unsigned["id"], "digest": digest}
            self.journal.write(line | self.mark())
        return badge


class Teller:
    """Tells the story to one house, any number of times."""

    def __init__(self, database_url: str, folder: Path, lms_host: str, scene: Scene) -> None:
        self.switch, self.clock, self._scene = Switch(), HandClock(START), scene
        self.house: House = open_house(database_url, folder, lms_host, self.clock, self.switch)
        # What it notes of platforms is written by a thread, at a moment of its own: no failpoint for a story.
        self.house.notebook._delay = timedelta(days=1).total_seconds()
        # Beneath the failpoint, so that a signature counts as seen before anybody can die of it.
        signer: Any = self.house.signer
        self._witness = signer._inner = Witness(signer._inner)
        self._site = create_site(self.house).test_client()

    def tell(self, journal_path: Path, generation: int, mark: Mark = dict) -> None:
        """From the beginning, or from where the journal ends. Ten minutes pass between two generations of processes,
        which is longer than any lease or wait. `mark` is written beside everything that the world saw."""
        self.clock.at = START + timedelta(minutes=10 * generation)
        journal = self._witness.journal = Journal(journal_path)
        self._witness.mark = mark
        lines = journal.lines()
        acked = acknowledged(lines)
        if not lines:
            journal.write(*self._scene.rules)
        known = {line["id"] for line in lines if "id" in line}
        for step in STORY:
            if isinstance(step, str):
                self._work()
                continue
            if step["id"] in acked:
                continue
            if step["id"] not in known:
                journal.write(step | ({"badge": self._badge} if step["say"] == "revoke" else {}))
                known.add(step["id"])
            if self._revoke(step["learner"]) if step["say"] == "revoke" else self._send(step):
                journal.write({"say": "ack", "id": step["id"]} | mark())
            self.clock.pass_time(seconds=1)
        self._wait_for_the_rest()

    def _work(self) -> None:
        workers = Workers(self.house)
        workers.work_until_idle()
        workers.stop(0)

    def _wait_for_the_rest(self) -> None:
        """What is to be tried again later is given its time."""
        for _ in range(MOST_ROUNDS):
            if not self.house.queue.waiting().keys() - {Work.KEEP_HOUSE}:
                return
            self.clock.pass_time(minutes=1)
            self._work()

    @property
    def _badge(self) -> str:
        return str(self._scene.rules[0]["badge"])

    def _send(self, fact: dict[str, Any]) -> bool:
        body, headers = webhook(fact, self.clock.now())
        return self._site.post(f"/hooks/{REGISTRATION}", data=body, headers=headers).status_code in (200, 202)

    def _revoke(self, learner: str) -> bool:
        """A teacher withdraws what she sees."""
        course_id = self._scene.course_id
        with self.house.transactions(write=False) as unit:
            names = {person.id: person.subject for person, _ in unit.people.enrolled(course_id)}
            held = [award for award in unit.awards.of_course(course_id) if names[award.person_id] == learner]
        for award in held:
            if award.state is not AwardState.REVOKED:
                revoke = RevokeAward(self.house.transactions, self.clock)
                revoke(course_id, award.id, Actor("person", "teacher", "Teacher"), "Copied.")
        return bool(held)
