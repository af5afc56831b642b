"""Senders that nobody here wrote deliver to the running tool over HTTP, and a learner earns her badge by it.

PyPI tincan (Rustici), npm @xapi/xapi, npm ims-caliper (1EdTech).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import tincan
from werkzeug.serving import make_server

from lti_tool.bootstrap.site import create_site
from lti_tool.domain.learner_record import LearnerRecord
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity
from lti_tool.sources.kinds import kind_of
from lti_tool.sources.sender import Sender
from lti_tool.usecases.source_keys import ManageSourceKeys
from tests.factories.house import CONTEXT, REGISTRATION, TestHouse, make_house
from tests.peers_support import ask_node
from tests.services.databases import SqliteDatabases

LMS = "https://lms.example.edu"
SCORED = "https://w3id.org/xapi/tla/verbs/scored"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
COURSE_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course"
RULE = {"type": "item_score", "item": "7", "minimum": 80, "unit": "percent"}


@dataclass
class Running:
    """The tool at `url`."""

    lab: TestHouse
    url: str

    def credential(self, kind: str, sender: Sender) -> dict[str, str]:
        """What an administrator enters at the sender."""
        manage = ManageSourceKeys(self.lab.house.transactions, self.lab.clock, "default")
        made = manage.add(REGISTRATION, kind, sender.to_json())
        entries = kind_of(kind).entries(f"{self.url}/{kind}/{REGISTRATION}", made.key_id, made.secret)
        return dict(entries)

    def record(self, learner: str = "ana") -> LearnerRecord:
        self.lab.work()
        with self.lab.house.transactions(write=False) as unit:
            return unit.records.get(self.lab.course.id, self.lab.people[learner].id)

    def holders(self) -> list[str]:
        with self.lab.house.transactions(write=False) as unit:
            return [award.person_id for award in unit.awards.of_course(self.lab.course.id)]


@pytest.fixture
def tool(sqlite_databases: SqliteDatabases, tmp_path: Path) -> Iterator[Running]:
    url = sqlite_databases.empty()
    lab = make_house(url, tmp_path)
    with lab.house.transactions() as unit:
        unit.courses.save_activities(lab.course.id, [Activity("7", "item", "Essay", 100.0)], lab.clock.now())
        unit.commit()
    server = make_server("127.0.0.1", 0, create_site(lab.house), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Running(lab, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        lab.house.engine.dispose()
        sqlite_databases.drop(url)


def test_tincan_sends_a_score(tool: Running) -> None:
    """Its statements have an id, but neither a time nor a course: the credential is made for one."""
    tool.lab.publish(RULE)
    entered = tool.credential("xapi", Sender(LMS, course_id=CONTEXT))
    lrs = tincan.RemoteLRS(
        endpoint=entered["Endpoint"], username=entered["User name"], password=entered["Password"], version="1.0.3"
    )
    statement = tincan.Statement(
        actor=tincan.Agent(account=tincan.AgentAccount(name="ana", home_page=LMS)),
        verb=tincan.Verb(id=SCORED),
        object=tincan.Activity(id=f"{LMS}/mod/assign/view.php?id=7"),
        result=tincan.Result(score=tincan.Score(raw=87, min=0, max=100, scaled=0.87), success=True),
    )
    about = lrs.about()
    assert (about.success, about.content.version) == (True, ["1.0.3"])
    answer = lrs.save_statement(statement)
    assert answer.success, answer.data
    assert str(UUID(str(answer.content.id)))
    batch = lrs.save_statements([statement, statement])
    assert batch.success, batch.data
    fact = tool.record().get(FactKind.ITEM_SCORE, "7")
    assert fact is not None
    assert (fact.score, fact.maximum, fact.source) == (87.0, 100.0, "xapi")
    assert tool.holders() == [tool.lab.people["ana"].id]


def test_tincan_with_a_wrong_password_is_told_so(tool: Running) -> None:
    entered = tool.credential("xapi", Sender(LMS, course_id=CONTEXT))
    lrs = tincan.RemoteLRS(endpoint=entered["Endpoint"], username=entered["User name"], password="wrong")
    statement = tincan.Statement(
        actor=tincan.Agent(account=tincan.AgentAccount(name="ana", home_page=LMS)),
        verb=tincan.Verb(id=SCORED),
        object=tincan.Activity(id=f"{LMS}/mod/assign/view.php?id=7"),
    )
    answer = lrs.save_statement(statement)
    assert (answer.success, answer.response.status) == (False, 401)
    assert not list(tool.record())


def xapi_statement(verb: str, number: int, **more: Any) -> dict[str, Any]:
    around = {"id": CONTEXT, "definition": {"type": COURSE_TYPE}}
    return {
        "actor": {"objectType": "Agent", "account": {"homePage": LMS, "name": "ana"}},
        "verb": {"id": verb, "display": {"en-US": "did"}},
        "object": {"objectType": "Activity", "id": f"{LMS}/mod/book/view.php?id={number}"},
        "context": {"contextActivities": {"parent": [around]}},
    } | more


@pytest.mark.peer("node")
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_xapi_js_sends_one_statement_and_a_list(tool: Running, version: str) -> None:
    entered = tool.credential("xapi", Sender(LMS))
    sender = {
        "endpoint": entered["Endpoint"],
        "user": entered["User name"],
        "password": entered["Password"],
        "version": version,
    }
    told = ["1.0.3"] if version == "1.0.3" else ["1.0.3", "2.0.0"]
    one = ask_node("send_xapi.mjs", sender | {"statements": [xapi_statement(COMPLETED, 8)]})
    assert (one["status"], len(one["ids"]), one["versions"]) == (200, 1, told)
    result = {"score": {"raw": 6, "max": 10}}
    both = [xapi_statement(COMPLETED, 9), xapi_statement(SCORED, 10, result=result)]
    many = ask_node("send_xapi.mjs", sender | {"statements": both})
    assert (many["status"], len(many["ids"])) == (200, 2)
    record = tool.record()
    completed = [record.get(FactKind.ITEM_COMPLETION, target) for target in ("8", "9")]
    assert [fact is not None and fact.completed for fact in completed] == [True, True]
    score = record.get(FactKind.ITEM_SCORE, "10")
    assert score is not None
    assert (score.score, score.maximum) == (6.0, 10.0)
    refused = ask_node("send_xapi.mjs", sender | {"password": "wrong", "statements": both})
    assert refused["status"] == 401


@pytest.mark.peer("node")
def test_ims_caliper_sends_a_grade_and_a_completion(tool: Running) -> None:
    tool.lab.publish(RULE)
    entered = tool.credential("caliper", Sender(LMS))
    said = {
        "url": entered["Endpoint"],
        "key": entered["API key"],
        "teacher": f"{LMS}/user/ines",
        "learner": f"{LMS}/user/ana",
        "course": CONTEXT,
        "activity": f"{LMS}/mod/assign/view.php?id=7",
        "given": 87,
        "maximum": 100,
        "completed": f"{LMS}/mod/book/view.php?id=8",
    }
    for _ in range(2):
        assert len(ask_node("send_caliper.mjs", said)["data"]) == 2
    record = tool.record()
    fact, done = record.get(FactKind.ITEM_SCORE, "7"), record.get(FactKind.ITEM_COMPLETION, "8")
    assert fact is not None
    assert done is not None
    assert (fact.score, fact.maximum, done.completed) == (87.0, 100.0, True)
    assert tool.holders() == [tool.lab.people["ana"].id]
