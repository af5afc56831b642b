"""The course that is under attack, and what must be true of it in the end."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from lti_tool.domain.award import Award
from tests.chaos.sending import SECRET
from tests.factories.house import REGISTRATION, TestHouse, make_house


def make_lab(database_url: str, folder: Path, learners: Sequence[str]) -> TestHouse:
    """A course with a published badge, whose platform sends signed events and has no gradebook: nobody answers at the
    example addresses."""
    made = make_house(database_url, folder, learners)
    with made.house.transactions() as unit:
        held = unit.registrations.get(REGISTRATION)
        assert held is not None
        unit.registrations.save(replace(held, webhook_secret=SECRET))
        unit.courses.save(replace(made.course, lineitems_url="", memberships_url=""))
        unit.commit()
    made.publish()
    return made


def awards(lab: TestHouse) -> list[Award]:
    with lab.house.transactions(write=False) as unit:
        return unit.awards.of_course(lab.course.id)


def issued(lab: TestHouse) -> int:
    return sum(award.state == "issued" for award in awards(lab))


def require_each_once(lab: TestHouse) -> None:
    """Every learner has one award, signed once at a place of its own, issued once; a sample of them verifies."""
    expected = len(lab.people)
    found = awards(lab)
    assert Counter(award.person_id for award in found) == dict.fromkeys((p.id for p in lab.people.values()), 1)
    with lab.house.engine.connect().execution_options(write=False) as connection:
        signed = connection.execute(text("SELECT count(*), count(document) FROM credentials")).one()
        places = connection.execute(text('SELECT count(*), count(DISTINCT "index") FROM status_entries')).one()
        history = connection.execute(text("SELECT count(*) FROM award_history WHERE action = 'issued'")).scalar()
    assert tuple(signed) == tuple(places) == (expected, expected)
    assert history == expected
    lab.clock.at = datetime.now(UTC)
    with lab.house.transactions(write=False) as unit:
        sample = [unit.credentials.get(award.id) for award in random.Random(11).sample(found, 5)]
    for credential in sample:
        assert credential is not None
        assert credential.document is not None
        assert lab.house.verifier.verify(credential.document).valid
