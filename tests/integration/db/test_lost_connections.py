"""Connections that the server ended while they stood in the pool are noticed before anything is asked on them."""

from __future__ import annotations

from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import text

from lti_tool.db.engine import make_engine

POOLED = 5


@pytest.mark.peer("postgresql")
def test_nobody_meets_a_connection_that_the_server_has_just_ended(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    process = text("SELECT pg_backend_pid()")
    with ExitStack() as held:
        before = {held.enter_context(engine.connect()).execute(process).scalar() for _ in range(POOLED)}
    assert len(before) == engine.pool.checkedin() == POOLED  # type: ignore[attr-defined]
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        for pid in before:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    with ExitStack() as held:
        after = {held.enter_context(engine.connect()).execute(process).scalar() for _ in range(POOLED)}
    assert len(after) == POOLED
    assert not after & before
    engine.dispose()


@pytest.mark.peer("postgresql")
def test_a_connection_that_is_well_is_used_again(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    process = text("SELECT pg_backend_pid()")
    used = set()
    for _ in range(20):
        with engine.connect() as connection:
            used.add(connection.execute(process).scalar())
    assert len(used) == 1
    engine.dispose()
