"""An LMS that answers over HTTP as the test says, and a house that asks it with the real services."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import responses
from requests import PreparedRequest

from lti_tool.bootstrap.house import assemble
from tests.factories.house import REGISTRATION, TestHouse, make_house

LMS = "https://lms.example.edu"
READ_ONLY = "https://www.sakailms.org/spec/lti-ags/v2p0/readOnly"
Answer = tuple[int, dict[str, str], str]


@dataclass
class FakeLms:
    """`columns` by address: {"label", "scoreMaximum", …}; `results` by address. `posted` are scores as they came."""

    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    members: list[dict[str, Any]] = field(default_factory=list)
    posted: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    after_post: Callable[[], Answer | Exception] = lambda: (200, {}, "")
    # Answers to a path that are others than usual.
    instead: dict[str, Callable[[PreparedRequest], Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, web: responses.RequestsMock) -> None:
        for method in ("GET", "POST", "DELETE"):
            web.add_callback(method, re.compile(f"^{LMS}/.*"), self._answer)

    def _answer(self, request: PreparedRequest) -> Answer | Exception:
        path = str(request.url).removeprefix(LMS).partition("?")[0]
        self.asked.append(path)
        if path in self.instead:
            return self.instead[path](request)
        if path == "/token":
            token = f"t{self.asked.count(path)}"
            return 200, {}, json.dumps({"access_token": token, "expires_in": 3600, "token_type": "Bearer"})
        if path == "/members":
            return 200, {}, json.dumps({"id": LMS, "context": {}, "members": self.members})
        if path == "/lineitems" and request.method == "GET":
            return 200, {}, json.dumps([{"id": url, **column} for url, column in self.columns.items()])
        if path == "/lineitems":
            return self._make(json.loads(str(request.body and _text(request.body))))
        if LMS + path in self.columns:
            return self._of_column(LMS + path, request.method == "DELETE")
        column = f"{LMS}{path.rpartition('/')[0]}"
        if path.endswith("/results"):
            return 200, {}, json.dumps(self.results.get(column, []))
        self.posted.append((column, json.loads(_text(request.body))))
        return self.after_post()

    def _of_column(self, url: str, is_over: bool) -> Answer:
        held = self.columns.pop(url) if is_over else self.columns[url]
        return (204, {}, "") if is_over else (200, {}, json.dumps({"id": url, **held}))

    def _make(self, column: dict[str, Any]) -> Answer:
        url = f"{LMS}/lineitems/{len(self.columns) + 1}"
        self.columns[url] = column
        return 201, {}, json.dumps({"id": url, **column})


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)


@dataclass
class Asking:
    """`lab` whose platform is `lms`, over HTTP."""

    lab: TestHouse
    lms: FakeLms

    def be(self, product: str) -> None:
        with self.lab.house.transactions() as unit:
            held = unit.registrations.get(REGISTRATION)
            assert held is not None
            unit.registrations.save(replace(held, product=product))
            unit.commit()

    def read(self) -> None:
        self.lab.house.handlers()["read_course"](self.lab.course.id)
        self.lab.work()


@contextmanager
def asking_at(database_url: str, folder: Path) -> Iterator[Asking]:
    """Over a database that tests.factories.beginnings.furnished made."""
    made = make_house(database_url, folder, furnished=True)
    made.house.engine.dispose()
    house = assemble(made.house.settings, made.clock)
    house.prepare()
    lms = FakeLms(members=[{"user_id": name, "roles": ["Learner"], "status": "Active"} for name in made.people])
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        lms.serve(web)
        yield Asking(replace(made, house=house), lms)
    house.engine.dispose()
