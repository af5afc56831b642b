"""One reading of the recorded course, and what it does when a part of it fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses
from requests import PreparedRequest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.learning_event import FactKind
from lti_tool.http import make_session
from lti_tool.http.errors import HttpTimeout, TooLarge
from lti_tool.sources.moodle import MoodleSource, MoodleWebServices
from lti_tool.sources.moodle.groups import GROUPS, MEMBERS
from lti_tool.sources.moodle.progress import BLIND_TURN
from lti_tool.sources.moodle.source import ACCESS, COMPLETION, CONTENTS, GRADES
from lti_tool.usecases.ports import LearnerSource
from tests.fakes.clock import FakeClock
from tests.unit.sources.platforms import COURSE, MOODLE, REGISTRATION
from tests.unit.sources.recorded import completion, contents, grade_report, recorded

SUBJECTS = ["18", "19", "20", "21", "22"]
CLOCK = FakeClock(datetime(2026, 11, 24, 9, tzinfo=UTC))
SOURCE: LearnerSource = MoodleSource(MoodleWebServices(make_session()), CLOCK)


class RecordedMoodle:
    """Answers by function; `completions` by learner, all others as learner 18."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {GRADES: grade_report(), CONTENTS: contents(), COMPLETION: completion()}
        self.answers[ACCESS] = recorded("ws_core_enrol_get_enrolled_users")
        self.completions: dict[str, tuple[int, Any]] = {}
        self.asked: list[tuple[str, str]] = []

    def __call__(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        form = {name: values[0] for name, values in parse_qs(str(request.body)).items()}
        if form["wsfunction"] in (GROUPS, MEMBERS):
            return 200, {}, json.dumps(self.answers.get(form["wsfunction"], {"errorcode": "accessexception"}))
        assert form["courseid"] == "4"
        self.asked.append((form["wsfunction"], form.get("userid", "")))
        answer = self.answers[form["wsfunction"]]
        if form["wsfunction"] == COMPLETION:
            status, answer = self.completions.get(form["userid"], (200, answer))
            return status, {}, json.dumps(answer)
        return 200, {}, json.dumps(answer)

    @property
    def learners(self) -> list[str]:
        return [subject for function, subject in self.asked if function == COMPLETION]


@pytest.fixture
def moodle() -> Iterator[RecordedMoodle]:
    answering = RecordedMoodle()
    with responses.RequestsMock() as mock:
        mock.add_callback("POST", "https://lms.example/moodle/webservice/rest/server.php", answering)
        yield answering


def test_a_first_reading_asks_once_for_grades_and_about_each_learner(moodle: RecordedMoodle) -> None:
    news = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert moodle.asked[:3] == [(GRADES, "0"), (CONTENTS, ""), (ACCESS, "")]
    assert sorted(moodle.learners) == SUBJECTS
    kinds = [event.kind for event in news.events]
    assert (kinds.count(FactKind.ITEM_SCORE), kinds.count(FactKind.COURSE_GRADE)) == (11, 5)
    assert kinds.count(FactKind.ITEM_COMPLETION) == 10
    assert [activity.id for activity in news.activities if activity.kind == "module"] == ["section-7"]


def test_groups_are_told_of_everybody_where_the_token_may_ask(moodle: RecordedMoodle) -> None:
    assert not [one for one in SOURCE.read(MOODLE, COURSE, "", SUBJECTS).activities if one.kind == "group"]
    moodle.answers[GROUPS] = [{"id": 3, "name": "Labs &amp; more", "courseid": 4}, {"id": 5, "name": "Untold"}]
    moodle.answers[MEMBERS] = [{"groupid": 3, "userids": [18, 20, 99]}]
    news = SOURCE.read(MOODLE, COURSE, "", [*SUBJECTS, "not-moodle"])
    groups = [(one.id, one.title) for one in news.activities if one.kind == "group"]
    assert groups == [("group-3", "Labs & more"), ("group-5", "Untold")]
    told = {e.subject: e.completed for e in news.events if e.kind is FactKind.GROUP_MEMBERSHIP}
    assert told == {"18": True, "19": False, "20": True, "21": False, "22": False}
    assert news.lists_all
    again = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert {e.event_id for e in again.events} == {e.event_id for e in news.events}


@pytest.mark.parametrize("answer", [{"errorcode": "upgraderunning"}, [{"id": "x"}], {}, [{"id": 3}] * 201])
def test_groups_that_cannot_be_read_hold_up_nothing(moodle: RecordedMoodle, answer: Any) -> None:
    moodle.answers[GROUPS] = answer
    news = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert FactKind.GROUP_MEMBERSHIP not in {event.kind for event in news.events}
    assert FactKind.ITEM_SCORE in {event.kind for event in news.events}
    # What is not told just now is not gone from the course.
    assert news.lists_all is not (isinstance(answer, dict) and "errorcode" in answer)


def test_reading_again_brings_the_same_events(moodle: RecordedMoodle) -> None:
    first = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    second = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert {event.event_id for event in second.events} == {event.event_id for event in first.events}


def test_where_nothing_moved_nobody_is_asked_about(moodle: RecordedMoodle) -> None:
    first = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    moodle.asked.clear()
    second = SOURCE.read(MOODLE, COURSE, first.cursor, SUBJECTS)
    assert moodle.asked == [(GRADES, "0"), (CONTENTS, ""), (ACCESS, "")]
    assert {event.kind for event in second.events} == {FactKind.ITEM_SCORE, FactKind.COURSE_GRADE}


def test_whoever_was_in_the_course_is_asked_about(moodle: RecordedMoodle) -> None:
    first = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    moodle.asked.clear()
    [here] = [user for user in moodle.answers[ACCESS] if user["id"] == 20]
    here["lastcourseaccess"] = 1795470000
    SOURCE.read(MOODLE, COURSE, first.cursor, SUBJECTS)
    assert moodle.learners == ["20"]


def test_a_moodle_that_does_not_tell_who_was_there_is_asked_about_everybody_in_turn(moodle: RecordedMoodle) -> None:
    moodle.answers[ACCESS] = {"exception": "x", "errorcode": "accessexception"}
    first = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    moodle.asked.clear()
    SOURCE.read(MOODLE, COURSE, first.cursor, SUBJECTS)
    assert sorted(moodle.learners) == SUBJECTS


@pytest.mark.parametrize("hidden", [False, True])
def test_whoever_moodle_does_not_show_is_asked_about_each_time(moodle: RecordedMoodle, hidden: bool) -> None:
    """As seen on a Moodle whose token lacks moodle/user:viewdetails: it told of the teacher alone."""
    for user in list(moodle.answers[ACCESS]):
        if user["id"] == 20 and hidden:
            del user["lastcourseaccess"]
        elif user["id"] == 20:
            moodle.answers[ACCESS].remove(user)
    first = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    moodle.asked.clear()
    SOURCE.read(MOODLE, COURSE, first.cursor, SUBJECTS)
    assert moodle.learners == ["20"]
    moodle.asked.clear()
    crowd = [str(number) for number in range(100, 200)]
    SOURCE.read(MOODLE, COURSE, first.cursor, crowd)
    assert len(moodle.learners) == BLIND_TURN


class Crowded(RecordedMoodle):
    """A course whose grades are too much for one answer; those of one learner are not."""

    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self.failure: Exception | None = failure
        self._all = self.answers[GRADES]["usergrades"]

    def __call__(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        form = {name: values[0] for name, values in parse_qs(str(request.body)).items()}
        if form["wsfunction"] == GRADES:
            if form["userid"] == "0" and self.failure:
                self.asked.append((GRADES, "0"))
                raise self.failure
            mine = [each for each in self._all if form["userid"] in ("0", str(each["userid"]))]
            self.answers[GRADES] = {"usergrades": mine, "warnings": []}
        return super().__call__(request)


@pytest.mark.parametrize("failure", [TooLarge("too large"), HttpTimeout("too late")])
def test_grades_that_are_too_much_for_one_answer_are_asked_for_learner_by_learner(failure: Exception) -> None:
    clock = FakeClock(CLOCK.now())
    source = MoodleSource(MoodleWebServices(make_session()), clock)
    with responses.RequestsMock() as mock:
        moodle = Crowded(failure)
        mock.add_callback("POST", "https://lms.example/moodle/webservice/rest/server.php", moodle)
        first = source.read(MOODLE, COURSE, "", SUBJECTS)
        assert sorted(subject for function, subject in moodle.asked if function == GRADES) == ["0", *SUBJECTS]
        moodle.asked.clear()
        clock.advance(3600)
        # The whole is not waited for again today, and whoever was not in the course may have been graded all the same.
        second = source.read(MOODLE, COURSE, first.cursor, SUBJECTS)
        assert sorted(subject for function, subject in moodle.asked if function == GRADES) == SUBJECTS
        moodle.asked.clear()
        clock.advance(24 * 3600)
        moodle.failure = None
        third = source.read(MOODLE, COURSE, second.cursor, SUBJECTS)
        assert (GRADES, "0") in moodle.asked
        assert not [subject for function, subject in moodle.asked if function == GRADES and subject != "0"]
    scores = {event.event_id for event in third.events if event.kind is FactKind.ITEM_SCORE}
    assert len(scores) == 11
    for news in (first, second):
        assert {event.event_id for event in news.events if event.kind is FactKind.ITEM_SCORE} == scores
        assert {(each.id, each.title) for each in news.activities} == {
            (each.id, each.title) for each in third.activities
        }
        assert news.lists_all


def test_a_report_that_is_refused_is_no_reason_to_ask_one_by_one(moodle: RecordedMoodle) -> None:
    moodle.answers[GRADES] = {"exception": "x", "errorcode": "nopermissions"}
    with pytest.raises(BadgeToolError, match=r"moodle\.forbidden"):
        SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert moodle.asked == [(GRADES, "0")]


def test_one_learner_is_read_with_three_calls(moodle: RecordedMoodle) -> None:
    moodle.answers[GRADES]["usergrades"] = moodle.answers[GRADES]["usergrades"][:1]
    news = SOURCE.read_learner(MOODLE, COURSE, "18")
    assert moodle.asked == [(GRADES, "18"), (CONTENTS, ""), (COMPLETION, "18")]
    assert {event.subject for event in news.events} == {"18"}
    assert news.cursor == ""
    assert not any(coverage.is_whole for coverage in news.states)
    assert SOURCE.read_learner(MOODLE, COURSE, "18; x").events == []
    assert len(moodle.asked) == 3


def test_a_later_reading_asks_first_about_whoever_was_graded(moodle: RecordedMoodle) -> None:
    first = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    moodle.asked.clear()
    moodle.answers[GRADES]["usergrades"][3]["gradeitems"][0] |= {"graderaw": 90, "gradedategraded": 1795470000}
    news = SOURCE.read(MOODLE, COURSE, first.cursor, SUBJECTS)
    assert moodle.learners[0] == "21"
    assert any((event.subject, event.target, event.score) == ("21", "7", 90) for event in news.events)


def test_a_learner_who_cannot_be_read_does_not_hold_up_the_next(moodle: RecordedMoodle) -> None:
    moodle.completions["19"] = (200, {"exception": "x", "errorcode": "invaliduser"})
    news = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert {e.subject for e in news.events if e.kind is FactKind.ITEM_COMPLETION} == {"18", "20", "21", "22"}


def test_a_token_without_the_capability_still_reads_grades_and_soon_stops_asking(moodle: RecordedMoodle) -> None:
    moodle.answers[COMPLETION] = recorded("ws_core_completion_student_other")
    news = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert len(moodle.learners) == 3
    assert len(news.events) == 16


def test_what_a_failure_kept_back_is_asked_at_the_next_reading(moodle: RecordedMoodle) -> None:
    moodle.completions["20"] = (503, {})
    first = SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert moodle.learners == ["18", "19", "20"]
    moodle.asked.clear()
    moodle.completions.clear()
    SOURCE.read(MOODLE, COURSE, first.cursor, SUBJECTS)
    assert {"20", "21", "22"} <= set(moodle.learners)


def test_a_course_without_tracked_activities_is_read_with_two_calls(moodle: RecordedMoodle) -> None:
    for section in moodle.answers[CONTENTS]:
        for module in section["modules"]:
            module["completion"] = 0
    SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert [function for function, _ in moodle.asked] == [GRADES, CONTENTS]


def test_only_moodles_own_ids_are_sent(moodle: RecordedMoodle) -> None:
    SOURCE.read(MOODLE, COURSE, "", ["18", "x", "19&courseid=5", "", "²"])
    assert moodle.learners == ["18"]


def test_grades_that_cannot_be_read_are_an_error(moodle: RecordedMoodle) -> None:
    moodle.answers[GRADES] = {"exception": "x", "errorcode": "nopermissions"}
    with pytest.raises(BadgeToolError) as refused:
        SOURCE.read(MOODLE, COURSE, "", SUBJECTS)
    assert refused.value.code == "moodle.forbidden"


def test_it_serves_a_moodle_with_a_token() -> None:
    assert SOURCE.serves(MOODLE, COURSE)
    assert not SOURCE.serves(REGISTRATION, COURSE)
    assert not SOURCE.serves(replace(MOODLE, moodle_token=""), COURSE)
    assert not SOURCE.serves(MOODLE, replace(COURSE, context_id="4 OR 1=1"))
