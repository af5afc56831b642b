"""What xAPI asks of the addresses of statements: versions, ids, PUT, and the page about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from tests.factories.house import REGISTRATION
from tests.functional.sources.senders import Senders, senders_at, xapi_headers, xapi_score

ID = "a50ca17f-5971-47bb-8fca-4e6e6879001d"
VERSION = "X-Experience-API-Version"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
UNCOMPLETED = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/uncompleted"


@pytest.fixture
def senders(furnished_database_url: str, tmp_path: Path) -> Iterator[Senders]:
    made = senders_at(furnished_database_url, tmp_path, "xapi")
    yield made
    made.house.house.engine.dispose()


def put(senders: Senders, said: Any, **query: str) -> TestResponse:
    return senders.app.test_client().put(
        f"/xapi/{REGISTRATION}/statements",
        query_string=query,
        json=said,
        headers=xapi_headers(senders.keys[REGISTRATION]),
    )


def test_about_is_open_and_names_the_versions(senders: Senders) -> None:
    answer = senders.app.test_client().get(f"/xapi/{REGISTRATION}/about")
    assert (answer.status_code, answer.get_json()) == (200, {"version": ["1.0.3", "2.0.0"]})
    assert answer.headers[VERSION] == "1.0.3"
    assert senders.app.test_client().get("/xapi/nobody/about").status_code == 404
    asked = senders.app.test_client().get(f"/xapi/{REGISTRATION}/about", headers={VERSION: "1.0.1"})
    assert asked.get_json() == {"version": ["1.0.3"]}


@pytest.mark.parametrize(("asked", "answered"), [("1.0", "1.0.3"), ("1.0.1", "1.0.3"), ("2.0.0", "2.0.0")])
def test_the_version_is_answered(senders: Senders, asked: str, answered: str) -> None:
    headers = xapi_headers(senders.keys[REGISTRATION]) | {VERSION: asked}
    answer = senders.send(xapi_score(), headers=headers)
    assert (answer.status_code, answer.headers[VERSION]) == (200, answered)
    refused = senders.send(b"{", headers=headers)
    assert (refused.status_code, refused.headers[VERSION]) == (400, answered)


@pytest.mark.parametrize("asked", ["", "0.9", "3.0"])
def test_without_a_version_nothing_is_heard(senders: Senders, asked: str) -> None:
    headers = xapi_headers(senders.keys[REGISTRATION]) | {VERSION: asked}
    answer = senders.refused("event.version_unknown", 400, lambda: senders.send(xapi_score(), headers=headers))
    assert answer.headers[VERSION] == "1.0.3"


def test_one_statement_or_a_list_is_answered_with_ids(senders: Senders) -> None:
    assert senders.send(xapi_score(id=ID)).get_json() == [ID]
    ids = senders.send([xapi_score("ben"), xapi_score("cleo")]).get_json()
    assert [str(UUID(each)) for each in ids] == ids
    assert len(set(ids)) == 2
    assert senders.send([]).get_json() == []
    assert senders.rows() == 3


def test_a_put_is_answered_with_nothing_and_can_be_repeated(senders: Senders) -> None:
    for _ in range(2):
        answer = put(senders, xapi_score(), statementId=ID)
        assert (answer.status_code, answer.data) == (204, b"")
    assert senders.rows() == 1
    assert senders.send(xapi_score(id=ID)).status_code == 200
    assert senders.rows() == 1
    senders.refused("event.id_conflict", 409, lambda: put(senders, xapi_score("ben"), statementId=ID))
    senders.refused("event.malformed", 400, lambda: put(senders, xapi_score()))
    senders.refused("event.malformed", 400, lambda: put(senders, [xapi_score()], statementId=ID))


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_statements_are_not_given_back(senders: Senders, method: str) -> None:
    headers = xapi_headers(senders.keys[REGISTRATION])
    answer = senders.app.test_client().open(f"/xapi/{REGISTRATION}/statements", method=method, headers=headers)
    assert answer.status_code == 405


def completion(senders: Senders) -> bool | None:
    with senders.house.house.transactions(write=False) as unit:
        records = unit.records.of_course(senders.house.course.id)
    return next(iter(records[senders.house.people["ana"].id])).completed


def test_a_completion_is_taken_back_by_its_own_verb_in_any_order(senders: Senders) -> None:
    done = xapi_score(at="2026-08-30T08:00:00Z", verb={"id": COMPLETED}, result={"completion": True})
    undone = xapi_score(at="2026-08-31T08:00:00Z", verb={"id": UNCOMPLETED}, result=None)
    for said in (undone, done):
        senders.send(said)
    senders.house.work()
    assert completion(senders) is False


def test_statements_without_a_time_count_as_they_come(senders: Senders) -> None:
    done = xapi_score(at=None, verb={"id": COMPLETED}, result={"completion": True})
    undone = xapi_score(at=None, verb={"id": UNCOMPLETED}, result=None)
    for said, expected in ((done, True), (undone, False)):
        senders.house.clock.pass_time(seconds=5)
        for _ in range(2):
            assert senders.send(said).status_code == 200
        senders.house.work()
        assert completion(senders) is expected
    assert senders.rows() == 2
    senders.house.clock.pass_time(minutes=10)
    senders.send(done)
    senders.house.work()
    assert completion(senders) is True


def test_when_a_credential_was_heard_is_written_once_a_minute(senders: Senders) -> None:
    first = senders.house.clock.now()
    senders.send(xapi_score())
    senders.house.clock.pass_time(seconds=59)
    senders.send(xapi_score("ben"))
    assert senders.credential().last_heard_at == first
    senders.send(json.dumps("no statement").encode())
    senders.house.clock.pass_time(seconds=1)
    senders.send(xapi_score("cleo"))
    assert senders.credential().last_heard_at == senders.house.clock.now()
