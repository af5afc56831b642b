"""Sessions of launches, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lti_tool.domain.identity import Person
from lti_tool.usecases.ports import LaunchSession
from tests.factories.house import DEPLOYMENT, REGISTRATION, TestHouse, make_house


@pytest.fixture
def lab(furnished_database_url: str, tmp_path: Path) -> Iterator[TestHouse]:
    made = make_house(furnished_database_url, tmp_path, furnished=True)
    yield made
    made.house.engine.dispose()


def test_a_session_is_read_as_it_was_stored_and_only_others_in_its_browser_end(lab: TestHouse) -> None:
    now = lab.clock.now()
    with lab.house.transactions() as unit:
        for name in ("one", "two"):
            unit.people.save(Person(name, REGISTRATION, DEPLOYMENT, name))
        opened = LaunchSession(
            id="s-1",
            token_hash="t" * 64,
            browser_hash="b" * 64,
            registration_id=REGISTRATION,
            deployment_id=DEPLOYMENT,
            course_id="",
            person_id="one",
            roles=("Learner", "https://lms.example/rôle"),
            data={"custom": {"badge": "“5”"}, "deep_linking": None, "accept": [1, True]},
            created_at=now,
            expires_at=now + timedelta(hours=8),
        )
        others = (
            replace(opened, id="s-2"),
            replace(opened, id="s-3", person_id="two"),
            replace(opened, id="s-4", person_id="two", browser_hash="c" * 64),
        )
        for session in (opened, *others):
            unit.launch_sessions.add(session)
        unit.commit()
    with lab.house.transactions(durable=False) as unit:
        assert unit.launch_sessions.get("s-1", now) == opened
        assert unit.launch_sessions.end_of_others(opened) == 1
        assert unit.launch_sessions.end_of_others(opened) == 0
        left = [number for number in range(1, 5) if unit.launch_sessions.get(f"s-{number}", now)]
        assert left == [1, 2, 4]
