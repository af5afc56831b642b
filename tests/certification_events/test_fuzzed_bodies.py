"""Whatever bytes a proven sender posts, the answer is one that is written down: never a 500.

`make fuzz` sends 200,000; the seed is printed, and the same one sends the same.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources import caliper, webhook, xapi
from lti_tool.sources.csv_upload import read_table
from lti_tool.sources.sender import Sender
from lti_tool.usecases.source_keys import ManageSourceKeys
from tests.certification_events.hooks import Hooks, hooks_at
from tests.certification_events.mangling import mangled
from tests.factories.beginnings import published
from tests.factories.house import REGISTRATION
from tests.functional.sources.senders import LMS, WIRES
from tests.services.databases import SqliteDatabases

BODIES = int(os.environ.get("LTIB_FUZZ_BODIES", "2000"))
SEED = int(os.environ.get("LTIB_FUZZ_SEED") or random.randrange(10**9))
PARSED = 6_000
KNOWN = {200, 202, 400, 409, 413, 422}


@pytest.fixture
def hooks(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Hooks]:
    url = sqlite_databases.copy_of(published)
    with hooks_at(url, tmp_path) as made:
        yield made
    sqlite_databases.drop(url)


def good() -> dict[str, list[Any]]:
    """Bodies as they should be, by source."""
    item = {"id": "quiz-1", "type": "item", "title": "Quiz 1", "maximum": 100, "url": "https://lms.example.edu/q"}
    usual = {"context_id": "course-1", "user_id": "ana", "deployment_id": "1"}
    said = [
        ("item.scored", {"activity": item, "score": {"given": 91, "maximum": 100}, "attempt": 1}),
        ("item.submitted", {"activity": item, "completed": True, "submitted_at": "2026-08-31T08:00:00Z"}),
        ("module.completed", {"activity": {"id": "module-1", "type": "module"}, "completed": True}),
        ("course.graded", {"score": None, "letter": "B+", "variant": "final"}),
        ("outcome.rated", {"outcome": {"id": "o-1", "title": "Measures"}, "completed": True}),
        ("fact.stated", {"fact": {"id": "attendance"}, "score": {"given": 9, "maximum": 10}}),
    ]
    hook = [{"type": type_, "timestamp": "2026-08-31T08:00:00Z", "data": usual | data} for type_, data in said]
    xapi_, caliper_ = (WIRES[name] for name in ("xapi", "caliper"))
    return {
        "webhook": hook,
        "xapi": [xapi_.score(), [xapi_.score("ben"), xapi_.score("cleo", 5)]],
        "caliper": [caliper_.score(), caliper_.batch([caliper_.score("ben"), caliper_.score("cleo", 5)])],
    }


@pytest.mark.row("EV31", "EV32", "EV34")
@pytest.mark.timeout(7200)
def test_no_body_makes_the_server_stumble(hooks: Hooks) -> None:
    print(f"fuzz: {BODIES} bodies, seed {SEED}")  # noqa: T201
    keys = ManageSourceKeys(hooks.site.course.house.transactions, hooks.site.course.clock, "default")
    made = {name: keys.add(REGISTRATION, name, Sender(LMS).to_json()) for name in WIRES}
    streams = {name: mangled(bodies, SEED + place) for place, (name, bodies) in enumerate(good().items())}
    client, answers = hooks.site.app.test_client(), Counter[int]()
    for number in range(BODIES):
        source = ("webhook", "webhook", "xapi", "caliper")[number % 4]
        raw = next(streams[source])
        path, headers = f"/hooks/{REGISTRATION}", {}
        if source == "webhook":
            headers = hooks.sign(raw, f"msg_{number}")
        else:
            path, headers = WIRES[source].path(REGISTRATION), WIRES[source].headers(made[source])
        answer = client.post(path, data=raw, content_type="application/json", headers=headers)
        assert answer.status_code in KNOWN, (SEED, number, source, answer.status_code, raw[:2000])
        answers[answer.status_code] += 1
        if number % 1000 == 999:
            hooks.site.log.clear()
            hooks.site.course.work()
    print(f"fuzz: {dict(answers)}, no 500")  # noqa: T201
    assert min(answers[status] for status in (202, 400, 422)) > 0, "some are good, so that refusing everything fails"


def test_no_bytes_make_a_parser_stumble() -> None:
    bodies, now = good(), datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    readers = {
        "webhook": lambda raw: webhook.parse("msg", raw, now),
        "xapi": lambda raw: xapi.parse(raw, Sender(LMS), now),
        "caliper": lambda raw: caliper.parse(raw, Sender(LMS), now),
        "csv": read_table,
    }
    for place, (name, read) in enumerate(readers.items()):
        for raw in islice(mangled(bodies.get(name, bodies["webhook"]), SEED + place), PARSED // len(readers)):
            try:
                read(raw)
            except BadgeToolError:
                continue
            except Exception as error:
                raise AssertionError((SEED, name, raw[:2000])) from error
