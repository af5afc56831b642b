"""Whatever is sent, the answer is one that is written down: never a 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.beginnings import furnished
from tests.functional.sources.senders import WIRES, Senders, senders_at
from tests.services.databases import SqliteDatabases

KNOWN = {200, 202, 400, 409, 413, 422}
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["", "\ud800", "\0", "http://[", "2026-08-31T08:00:00Z", "quiz-1", 10**400, 1e308, "x" * 5000]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "@id", "type", "objectType", "name", "score", "raw", "x"]), inner)
    ),
    max_leaves=8,
)


@pytest.fixture(params=sorted(WIRES))
def senders(request: pytest.FixtureRequest, sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Senders]:
    url = sqlite_databases.copy_of(furnished)
    made = senders_at(url, tmp_path, request.param)
    yield made
    made.house.house.engine.dispose()
    sqlite_databases.drop(url)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place inside a statement where something else could stand."""
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from places(part, (*path, name))


def changed(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    copy = deepcopy(value)
    inside = copy
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = other
    return copy


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_ev31_any_member_may_be_anything(senders: Senders, data: st.DataObject) -> None:
    said = senders.wire.score()
    said = changed(said, data.draw(st.sampled_from(list(places(said)))), data.draw(VALUES))
    answer = senders.send(json.dumps(senders.wire.batch([said, senders.wire.score("ben")])).encode())
    assert answer.status_code in KNOWN, answer.text
    assert senders.send(json.dumps(said).encode()).status_code in KNOWN


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_ev31_any_bytes(senders: Senders, raw: bytes) -> None:
    assert senders.send(raw).status_code in KNOWN


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(header=st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=80))
def test_ev02_any_authorization(senders: Senders, header: str) -> None:
    headers = {"Authorization": header, "X-Experience-API-Version": "1.0.3"}
    assert senders.send(senders.wire.score(), headers=headers).status_code == 401
