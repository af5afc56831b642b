"""POST /api/v1/verify, and that it is what its description says."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings

from lti_tool.bootstrap.site import create_site
from tests.factories.beginnings import migrated
from tests.factories.house import TestHouse, make_house
from tests.services.databases import SqliteDatabases


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases) -> Iterator[TestHouse]:
    """A course in which Ana has earned a badge; nothing here changes it."""

    url = sqlite_databases.copy_of(migrated)
    made = make_house(url, tmp_path_factory.mktemp("house"), ["ana"])
    made.publish()
    made.hear(made.score("ana", 91.0), made.module("ana"))
    made.work()
    yield made
    made.house.engine.dispose()
    sqlite_databases.drop(url)


@pytest.fixture(scope="module")
def app(course: TestHouse) -> Flask:
    made: Flask = create_site(course.house)
    # What is tried here are answers, not how often one may ask.
    made.config["RATELIMIT_ENABLED"] = False
    for extension in made.extensions.get("limiter", set()):
        extension.enabled = False
    return made


@pytest.fixture(scope="module")
def document(course: TestHouse) -> str:
    with course.house.transactions(write=False) as unit:
        (award,) = unit.awards.of_course(course.course.id)
        held = unit.credentials.get(award.id)
    assert held is not None
    assert held.document is not None
    return held.document


def verify(app: Flask, *badges: dict[str, Any]) -> Any:
    return app.test_client().post("/api/v1/verify", json={"badges": list(badges)})


def test_every_way_to_hand_a_badge_in(app: Flask, document: str) -> None:
    answer = verify(
        app,
        {"credential": json.loads(document), "name": "as JSON"},
        {"text": document},
        {"file": b64encode(document.encode()).decode(), "name": "a/b.json"},
        {"text": document.replace("Lab safety", "Lab mastery")},
        {"link": "https://127.0.0.1/badge.json"},
    )
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [result["verdict"] for result in results] == ["genuine", "genuine", "genuine", "forged", "unsure"]
    assert [result["name"] for result in results] == [
        "as JSON", "Badge 2", "b.json", "Badge 4", "https://127.0.0.1/badge.json",
    ]  # fmt: skip
    assert {check["outcome"] for check in results[0]["checks"]} == {"passed"}
    assert results[0]["badge"]["name"] == "Lab safety"
    assert results[4]["error"]["code"] == "http.address_refused"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (None, "the body"),
        ([], "the body"),
        ({}, "badges"),
        ({"badges": []}, "badges"),
        ({"badges": [{}] * 201}, "badges"),
        ({"badges": [{"text": "a", "link": "https://a.example"}]}, "badges.0"),
        ({"badges": [{"text": 1}]}, "badges.0.text"),
        ({"badges": [{"text": "a", "more": 1}]}, "badges.0.more"),
        ({"badges": [{"link": "file:///etc/passwd"}]}, "badges.0.link"),
        ({"badges": [{"file": "***"}]}, "badges.0.file"),
        ({"badges": [{"text": "a", "link": None}]}, "badges.0.link"),
    ],
)
def test_bodies_of_another_form_are_refused_with_their_place(app: Flask, body: Any, where: str) -> None:
    answer = app.test_client().post("/api/v1/verify", json=body)
    assert answer.status_code == 422
    assert answer.json["error"]["code"] == "request.malformed"
    assert f"at {where}:" in answer.json["error"]["message"]


def test_more_than_a_request_may_have(app: Flask) -> None:
    body = b'{"badges":[{"text":"' + b"x" * (33 * 1024 * 1024) + b'"}]}'
    answer = app.test_client().post("/api/v1/verify", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "request.too_large")


def test_other_methods_and_addresses_are_answered_in_json(app: Flask) -> None:
    for answer in (app.test_client().get("/api/v1/verify"), app.test_client().get("/api/v1/nothing")):
        assert answer.status_code in (404, 405)
        assert answer.json["error"]["code"] == "request.not_found"


@pytest.mark.slow
def test_the_interface_is_what_its_description_says(app: Flask) -> None:
    """Requests made from the description: no answer that it does not name, no member that it does not know."""
    described = app.test_client().get("/api/v1/openapi.json")
    assert described.headers["Access-Control-Allow-Origin"] == "*"
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)["/api/v1/verify"]["POST"]
    statuses = set()

    @settings(max_examples=60, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def holds(case: Any) -> None:
        for badge in case.body["badges"]:
            if "link" in badge:
                # It would be fetched. A name under .invalid never leads anywhere (RFC 6761, section 6.4).
                badge["link"] = "https://badges.invalid/1"
        answer = case.call_and_validate()
        statuses.add(answer.status_code)

    holds()
    assert 200 in statuses
