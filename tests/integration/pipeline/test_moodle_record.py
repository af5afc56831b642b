"""What a real Moodle answered, followed into the record: number for number, and what it takes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses
from sqlalchemy import func, select

from lti_tool.db.tables.learning import inbox_events
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import FactKind
from lti_tool.http import make_session
from lti_tool.sources.moodle import MoodleSource, MoodleWebServices
from lti_tool.sources.moodle.groups import GROUPS, MEMBERS
from lti_tool.sources.moodle.services import LONG
from lti_tool.sources.moodle.source import ACCESS, COMPLETION, CONTENTS, GRADES
from lti_tool.usecases.ports import Member
from lti_tool.usecases.read_course import merge_roster
from tests.factories.house import REGISTRATION, TestHouse, make_house
from tests.services.databases import SqliteDatabases
from tests.unit.sources.recorded import completion, contents, grade_report, recorded

LEARNERS = ["18", "19", "20", "21", "22"]
MOODLE = "https://lms.example.edu"
RECORDED = {
    ("18", "7"): (100, 100, 1795462217),
    ("18", "9"): (88, 100, 1795462217),
    ("18", "10"): (85, 100, 1795462954),
    ("18", ""): (273, 300, 1795463024),
    ("19", "7"): (100, 100, 1795462217),
    ("19", "9"): (40, 100, 1795462217),
    ("19", "10"): (0, 100, 1795462954),
    ("19", ""): (140, 300, 1795463024),
    ("20", "7"): (0, 100, 1795462217),
    ("20", "10"): (100, 100, 1795462954),
    ("20", ""): (100, 200, 1795463024),
    ("21", "9"): (0, 100, 1795462217),
    ("21", ""): (0, 100, 1795462217),
    ("22", "8"): (7, 10, 1795463025),
    ("22", "10"): (0, 100, 1795463025),
    ("22", ""): (7, 110, 1795463025),
}


@dataclass
class School:
    """A house that reads course 4 of a Moodle; `answers` are what that says, by function."""

    lab: TestHouse
    course: Course
    answers: dict[str, Any]
    asked: list[tuple[str, str]]
    columns: list[str] = field(default_factory=list)

    def read(self) -> None:
        self.lab.clock.pass_time(minutes=10)
        self.lab.house.handlers()["read_course"](self.course.id)
        self.lab.work()

    def facts(self, *kinds: FactKind) -> dict[tuple[str, str], Any]:
        with self.lab.house.transactions(write=False) as unit:
            records = unit.records.of_course(self.course.id)
            people = {person.id: person.subject for person, _ in unit.people.enrolled(self.course.id)}
        return {
            (people[id_], fact.target): fact for id_, record in records.items() for fact in record if fact.kind in kinds
        }

    def grades(self) -> dict[tuple[str, str], tuple[float, float, int]]:
        found = self.facts(FactKind.ITEM_SCORE, FactKind.COURSE_GRADE)
        return {key: (fact.score, fact.maximum, int(fact.occurred_at.timestamp())) for key, fact in found.items()}

    def line(self, user: int, cmid: int) -> dict[str, Any]:
        [report] = [one for one in self.answers[GRADES]["usergrades"] if one["userid"] == user]
        [line] = [one for one in report["gradeitems"] if one.get("cmid") == cmid]
        return line

    def repairs(self) -> list[tuple[str, str]]:
        with self.lab.house.transactions(write=False) as unit:
            return [(repair.found.value, repair.target) for repair in unit.sweeps.repairs(self.course.id, 10_000)]

    def gradable(self) -> list[str]:
        with self.lab.house.transactions(write=False) as unit:
            listed = unit.courses.activities(self.course.id)
        return [one.title for one in listed if one.maximum and not one.is_gone]

    def inbox(self) -> int:
        with self.lab.house.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(inbox_events)).scalar_one()


def school_at(url: str, folder: Path, learners: list[str], web: responses.RequestsMock) -> School:
    lab = make_house(url, folder, learners=())
    lab.clock.at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    course = replace(lab.course, id="course-4", context_id="4", memberships_url="", lineitems_url="")
    with lab.house.transactions() as unit:
        registration = unit.registrations.get(REGISTRATION)
        unit.registrations.save(replace(registration, moodle_url=MOODLE, moodle_token="token", product="moodle"))
        unit.courses.save(course)
        merge_roster(unit, course, [Member(name, ("Learner",)) for name in learners])
        unit.commit()
    answers = {GRADES: grade_report(), CONTENTS: contents(), ACCESS: recorded("ws_core_enrol_get_enrolled_users")}
    school = School(lab, course, answers | {COMPLETION: {"18": completion()}}, [])
    http = make_session()
    services = MoodleWebServices(http, http.with_limits(**LONG))
    lab.house.platform.sources[:] = [MoodleSource(services, lab.clock, lambda registration, course: school.columns)]

    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        form = {name: values[0] for name, values in parse_qs(str(request.body)).items()}
        function, user = form["wsfunction"], form.get("userid", "")
        school.asked.append((function, user))
        said = school.answers.get(function, {"errorcode": "accessexception"})
        return 200, {}, json.dumps(said.get(user, {"statuses": []}) if function == COMPLETION else said)

    web.add_callback("POST", f"{MOODLE}/webservice/rest/server.php", answer)
    return school


@pytest.fixture
def school(migrated_database_url: str, tmp_path: Path) -> Iterator[School]:
    with responses.RequestsMock() as web:
        made = school_at(migrated_database_url, tmp_path, LEARNERS, web)
        yield made
        made.lab.house.engine.dispose()


def test_the_recorded_answers_become_the_record_number_for_number(school: School) -> None:
    school.read()
    assert school.grades() == RECORDED
    done = school.facts(FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION)
    assert {key: fact.completed for key, fact in done.items()} == {("18", "7"): True, ("18", "9"): True}
    stored = school.inbox()
    school.read()
    assert (school.grades(), school.inbox(), school.repairs()) == (RECORDED, stored, [])


def test_what_moodle_takes_back_hides_or_deletes_is_withdrawn(school: School) -> None:
    school.read()
    school.line(18, 7).update(graderaw=None, gradedategraded=None, status="novalue")
    school.line(19, 7).update(gradeishidden=True)
    school.line(20, 7).update(status="excluded")
    school.line(18, 9).update(gradeneedsupdate=True)
    for report in school.answers[GRADES]["usergrades"]:
        report["gradeitems"] = [line for line in report["gradeitems"] if line.get("cmid") != 10]
    school.answers[CONTENTS] = []
    school.read()
    facts = school.facts(FactKind.ITEM_SCORE)
    assert (facts["18", "7"].score, facts["18", "7"].standing) == (None, "")
    assert (facts["19", "7"].score, facts["19", "7"].standing) == (None, "hidden")
    assert (facts["20", "7"].standing, facts["18", "10"].standing) == ("excused", "deleted")
    assert facts["18", "9"].score == 88
    # Her total stays: it is not shown while it would tell the hidden grade.
    assert school.grades()["19", ""] == RECORDED["19", ""]
    found = school.repairs()
    assert {kind for kind, _ in found} == {"withdrawn"}
    assert sorted(target for _, target in found) == ["10"] * 4 + ["7"] * 3
    school.answers[GRADES] = grade_report()
    school.read()
    assert {key: told[:2] for key, told in school.grades().items()} == {k: told[:2] for k, told in RECORDED.items()}


def test_what_the_tool_did_in_its_own_column_is_no_repair(school: School) -> None:
    column = school.line(18, 7)["id"]
    school.columns.append(f"{MOODLE}/mod/lti/services.php/4/lineitems/{column}/lineitem?type_id=1")
    school.read()
    for cmid in (7, 9):
        school.line(18, cmid).update(graderaw=None, gradedategraded=None, status="novalue")
    school.read()
    facts = school.facts(FactKind.ITEM_SCORE)
    assert (facts["18", "7"].score, facts["18", "9"].score) == (None, None)
    assert school.repairs() == [("withdrawn", "9")]


def test_the_column_of_a_badge_is_nothing_that_a_rule_can_ask_for(school: School) -> None:
    column = school.line(18, 7)
    column |= {"cmid": None, "itemtype": "manual", "itemmodule": None, "itemname": "Badge: Lab safety"}
    school.read()
    assert "Badge: Lab safety" in school.gradable()
    school.columns.append(f"{MOODLE}/mod/lti/services.php/4/lineitems/{column['id']}/lineitem?type_id=1")
    school.read()
    assert school.gradable()
    assert "Badge: Lab safety" not in school.gradable()


def test_a_report_with_a_line_that_cannot_be_read_deletes_nothing(school: School) -> None:
    school.read()
    for report in school.answers[GRADES]["usergrades"]:
        report["gradeitems"] = [line for line in report["gradeitems"] if line.get("cmid") != 10]
    school.answers[GRADES]["usergrades"][0]["gradeitems"].append({"id": "?"})
    school.answers[CONTENTS] = []
    school.read()
    assert (school.grades(), school.repairs()) == (RECORDED, [])


def test_a_completion_that_was_reset_takes_its_section_back(school: School) -> None:
    tracked = {7, 8, 9, 15}
    for status in school.answers[COMPLETION]["18"]["statuses"]:
        status.update(state=1, timecompleted=status["timecompleted"] or 1795462300)
    told = [status["cmid"] for status in school.answers[COMPLETION]["18"]["statuses"]]
    school.read()
    done = school.facts(FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION)
    assert done["18", "section-7"].completed, (tracked, told)
    school.answers[COMPLETION]["18"]["statuses"][0].update(state=0, timecompleted=0)
    [here] = [user for user in school.answers[ACCESS] if user["id"] == 18]
    here["lastcourseaccess"] = 1795509600
    school.read()
    done = school.facts(FactKind.ITEM_COMPLETION, FactKind.MODULE_COMPLETION)
    assert (done["18", "7"].completed, done["18", "section-7"].completed) == (False, False)
    assert done["18", "9"].completed
    assert sorted(school.repairs()) == [("withdrawn", "7"), ("withdrawn", "section-7")]


def test_groups_follow_into_the_record_and_who_changes_hers_is_put_right(school: School) -> None:
    school.answers[GROUPS] = [{"id": 3, "name": "Mornings"}, {"id": 5, "name": "Evenings"}]
    school.answers[MEMBERS] = [{"groupid": 3, "userids": [18, 19]}, {"groupid": 5, "userids": [20]}]
    school.read()
    told = school.facts(FactKind.GROUP_MEMBERSHIP)
    assert {key for key, fact in told.items() if fact.completed} == {
        ("18", "group-3"), ("19", "group-3"), ("20", "group-5")}  # fmt: skip
    assert len(told) == len(LEARNERS) * 2
    with school.lab.house.transactions(write=False) as unit:
        listed = {one.id: one.title for one in unit.courses.activities(school.course.id) if one.kind == "group"}
    assert listed == {"group-3": "Mornings", "group-5": "Evenings"}
    stored = school.inbox()
    school.read()
    assert school.inbox() == stored
    school.answers[MEMBERS] = [{"groupid": 3, "userids": [18]}, {"groupid": 5, "userids": [19, 20]}]
    school.read()
    told = school.facts(FactKind.GROUP_MEMBERSHIP)
    assert (told["19", "group-3"].completed, told["19", "group-5"].completed) == (False, True)
    # A group that is gone is gone from the course too, and its facts are left as they were.
    school.answers[GROUPS], school.answers[MEMBERS] = school.answers[GROUPS][:1], school.answers[MEMBERS][:1]
    school.read()
    with school.lab.house.transactions(write=False) as unit:
        assert [one.id for one in unit.courses.activities(school.course.id) if one.is_gone] == ["group-5"]


def test_a_course_of_a_thousand_learners(sqlite_databases: SqliteDatabases, tmp_path: Path) -> None:
    """A report in the recorded shape, as large as a real Moodle's was: every number arrives, once, with few calls."""
    learners = [str(number) for number in range(1000, 2000)]
    url = sqlite_databases.empty()
    with responses.RequestsMock() as web:
        school = school_at(url, tmp_path, learners, web)
        pattern = grade_report()["usergrades"][0]
        reports = []
        for number, subject in enumerate(learners):
            report = deepcopy(pattern) | {"userid": int(subject)}
            for place, line in enumerate(report["gradeitems"]):
                if line["graderaw"] is not None:
                    line["graderaw"] = (number * 7 + place * 13) % 101
            reports.append(report)
        school.answers[GRADES] = {"usergrades": reports, "warnings": []}
        school.answers[ACCESS] = [{"id": int(subject), "lastcourseaccess": 0} for subject in learners]
        school.answers[CONTENTS] = []
        assert len(json.dumps(school.answers[GRADES])) > 2_500_000
        school.read()
        expected = {
            (str(report["userid"]), str(line.get("cmid") or "")): line["graderaw"]
            for report in reports
            for line in report["gradeitems"]
            if line["graderaw"] is not None
        }
        assert {key: told[0] for key, told in school.grades().items()} == expected
        assert len(expected) == 4000
        assert school.asked == [(GRADES, "0"), (CONTENTS, ""), (GROUPS, "")]
        stored = school.inbox()
        school.read()
        assert school.inbox() == stored
        school.lab.house.engine.dispose()
