"""Facts of every kind in the database: folded there as in memory, and kept over the change of their key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from lti_tool.db.engine import make_engine
from lti_tool.db.migrate import alembic_config
from lti_tool.domain.learner_record import Fact, LearnerRecord
from tests.factories.house import TestHouse, make_house
from tests.factories.learning_events import events

LEARNERS = [f"learner-{number}" for number in range(40)]
READ_AT = datetime(2026, 9, 2, tzinfo=UTC)


@pytest.fixture
def lab(migrated_database_url, tmp_path) -> TestHouse:
    made = make_house(migrated_database_url, tmp_path, LEARNERS)
    yield made
    made.house.engine.dispose()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(events(), max_size=8), st.randoms(use_true_random=False))
def test_the_database_folds_as_the_domain_does_in_any_order(lab, history, chance):
    facts = [Fact.of(event, READ_AT) for event in history]
    shuffled = facts * 2
    chance.shuffle(shuffled)
    with lab.house.transactions() as unit:
        person = lab.people[LEARNERS[0]].id
        changed = unit.records.merge(lab.course.id, person, shuffled)
        assert changed == bool(facts)
        assert unit.records.get(lab.course.id, person) == LearnerRecord.fold(facts)
        # Left without a commit: every example starts from nothing.


def test_learners_who_are_asked_for_one_after_another_have_the_records_they_have_alone(lab):
    """More of them than are read at once; those of whom nothing is known are among them, and nobody else is."""
    others = [f"nobody-{number}" for number in range(450)]
    asked = [*others[:225], *(lab.people[name].id for name in LEARNERS[:30]), *others[225:]]
    with lab.house.transactions() as unit:
        for number, name in enumerate(LEARNERS):
            unit.records.merge(lab.course.id, lab.people[name].id, [Fact.of(lab.score(name, number), READ_AT)])
        told = list(unit.records.of_learners(lab.course.id, asked))
        assert [person_id for person_id, _ in told] == asked
        assert all(record == unit.records.get(lab.course.id, person_id) for person_id, record in told)
        assert sum(record != LearnerRecord({}) for _, record in told) == 30


def test_a_change_of_the_key_keeps_what_was_known(database_url):
    engine = make_engine(database_url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0003")
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(
            text(
                'INSERT INTO facts (course_id, person_id, kind, target, score, maximum, occurred_at, "order", source,'
                " received_at, standing) VALUES ('c', 'p', 'item_score', 'quiz', 80, 100, '2026-09-01 08:00:00+00',"
                " 'x', 'webhook', '2026-09-01 08:00:00+00', '')"
            )
        )
        command.upgrade(alembic_config(connection), "head")
        rows = connection.execute(text("SELECT target, aspect, score, letter, late FROM facts")).all()
        assert [tuple(row) for row in rows] == [("quiz", "", 80.0, "", None)]
        command.downgrade(alembic_config(connection), "0003")
        assert connection.execute(text("SELECT score FROM facts")).scalar_one() == 80.0
        connection.rollback()
    engine.dispose()
