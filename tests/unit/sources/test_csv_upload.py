"""Tables of text in every shape that spreadsheets write, and rows that cannot be used."""

from __future__ import annotations

import codecs
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Course
from lti_tool.domain.learning_event import FactKind
from lti_tool.domain.platform import Activity
from lti_tool.sources.csv_upload import Columns, Reading, guess, read_rows, read_table
from lti_tool.sources.csv_upload.cells import moment, points, yes_or_no

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
COURSE = Course("c", "reg-1", "1", "course-1", "Course", "", "")
ACTIVITIES = [Activity("quiz-1", "item", "Quiz 1", 100.0), Activity("m-1", "module", "Safety")]
PLAIN = Columns("Learner", "Activity", "Points", "Maximum", decimal=".")


def read(text: str, columns: Columns = PLAIN) -> Reading:
    return read_rows(read_table(text.encode()), columns, COURSE, ACTIVITIES, NOW)


def one(rows: str, columns: Columns = PLAIN):
    reading = read(f"Learner,Activity,Points,Maximum,Done,Date\n{rows}\n", columns)
    assert reading.problems == []
    (event,) = reading.events
    return event


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")]
)
def test_whatever_a_spreadsheet_writes(sign: str, encoding: str, told: str) -> None:
    text = f'Name{sign}Größe\r\nZoë{sign}"a{sign} ""b"""\r\n\r\nÄda{sign}\r\n'
    table = read_table(text.encode(encoding))
    assert table.head == ("Name", "Größe")
    assert table.rows == ((2, ("Zoë", f'a{sign} "b"')), (4, ("Äda", "")))
    assert table.encoding == told


def test_utf_16_of_the_other_order_is_read_as_well() -> None:
    assert read_table(codecs.BOM_UTF16_BE + "Ä,B\n1,2\n".encode("utf-16-be")).head == ("Ä", "B")


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"", "empty"), (b"\n\n", "empty"), (b"a,b\n", "no_rows"), (b"PK\x03\x04xyz", "not_text"),
     (b"a\0,b\n1,2", "not_text"), (b"\xff\xfea", "not_text"), (b'a,b\n"open,1\n', "malformed"),
     (b"a,b\n" + b"1,2\n" * 5001, "too_many_rows"),
     (b"a" + b",a" * 100 + b"\n1\n", "too_many_columns"), (b"a,b\n" + b"x" * 2001 + b",1\n", "cell_too_long"),
     (b"\x81\x8d", "not_text")],
)  # fmt: skip
def test_what_is_no_table_within_the_limits(raw: bytes, code: str) -> None:
    with pytest.raises(BadgeToolError) as refused:
        read_table(raw)
    assert (refused.value.code, refused.value.status) == (f"upload.{code}", 422)


def test_more_than_a_mebibyte_is_refused() -> None:
    with pytest.raises(BadgeToolError) as refused:
        read_table(b"a,b\n" + b"1,2\n" * 300_000)
    assert (refused.value.code, refused.value.status) == ("upload.too_large", 413)


def test_columns_of_one_name_and_of_none_keep_apart() -> None:
    assert read_table(b"Grade,,Grade\n1,2,3\n").head == ("Grade", "Column 2", "Grade (3)")


def test_columns_are_guessed_by_their_names_and_decimals_never() -> None:
    found = guess(("Username", "Assignment", "Grade", "Out of", "Completed", "Date", "Comment"))
    assert (found.learner, found.activity, found.score) == ("Username", "Assignment", "Grade")
    assert (found.maximum, found.completed, found.date, found.decimal) == ("Out of", "Completed", "Date", "")


def test_a_row_becomes_an_event() -> None:
    event = one("ana,quiz 1,17.5,20,,")
    assert (event.subject, event.kind, event.target) == ("ana", FactKind.ITEM_SCORE, "quiz-1")
    assert (event.score, event.maximum, event.is_timed, event.occurred_at) == (17.5, 20.0, False, NOW)
    assert (event.context_id, event.deployment_id, event.source) == ("course-1", "1", "csv_upload")


def test_the_same_row_is_the_same_event_whenever_it_is_read() -> None:
    table = read_table(b"Learner,Activity,Points,Maximum\nana,Quiz 1,17,20\n")
    later = read_rows(table, PLAIN, COURSE, ACTIVITIES, NOW.replace(day=2))
    assert later.events[0].event_id == one("ana,quiz-1,17.0,20,,").event_id


def test_points_and_completion_of_one_row_are_two_events() -> None:
    columns = Columns("Learner", "Activity", "Points", "Maximum", "Done", decimal=".")
    reading = read("Learner,Activity,Points,Maximum,Done\nana,Quiz 1,5,10,yes\nben,Safety,,,no\n", columns)
    assert [(event.kind, event.completed) for event in reading.events] == [
        (FactKind.ITEM_SCORE, None), (FactKind.ITEM_COMPLETION, True), (FactKind.MODULE_COMPLETION, False),
    ]  # fmt: skip


def test_what_holds_for_all_rows_is_said_once() -> None:
    columns = Columns("Learner", score="Points", fixed_activity="course_grade:", fixed_maximum="12,5", decimal=",")
    event = one('ana,x,"7,25",,,', columns)
    assert (event.kind, event.target, event.score, event.maximum) == (FactKind.COURSE_GRADE, "", 7.25, 12.5)


def test_an_activity_that_the_course_lacks_is_new_once() -> None:
    reading = read("Learner,Activity,Points,Maximum\nana,Poster,4,5\nben,POSTER,3,5\n")
    assert [event.target for event in reading.events] == ["Poster", "Poster"]
    assert reading.new == {"Poster": Activity("Poster", "item", "Poster", 5.0)}


@pytest.mark.parametrize(("row", "code"), [
    (",Quiz 1,1,2", "learner_empty"), ("ana,,1,2", "activity_empty"), ("ana,Quiz 1,,2", "result_empty"),
    ("ana,Quiz 1,1,", "maximum_empty"), ("ana,Quiz 1,21,20", "score_invalid"), ("ana,Quiz 1,0,0", "score_invalid"),
    ("ana,Safety,1,2", "module_scored"), ('ana,Quiz 1,"8,5",10', "number_invalid"),
    ("ana,Quiz 1,85%,100", "number_invalid"), ("ana,Quiz 1,-1,10", "number_invalid"),
    ("ana,Quiz 1,1e3,9999", "number_invalid"), ("ana,Quiz 1,NaN,10", "number_invalid"),
    ("ana,Quiz 1,=1+1,10", "number_invalid"), ("ana,Quiz 1,٣,10", "number_invalid"),
    (f"{'x' * 300},Quiz 1,1,2", "learner_invalid"), (f"ana,{'x' * 300},1,2", "activity_invalid"),
    ("a\x1bb,Quiz 1,1,2", "learner_invalid"),
])  # fmt: skip
def test_a_bad_row_is_told_and_costs_the_others_nothing(row: str, code: str) -> None:
    reading = read(f"Learner,Activity,Points,Maximum\nana,Quiz 1,9,10\n{row}\nben,Quiz 1,8,10\n")
    assert [event.subject for event in reading.events] == ["ana", "ben"]
    (problem,) = reading.problems
    assert (problem.row, problem.code) == (3, f"upload.{code}")
    assert problem.words.endswith(".")


def test_rows_that_contradict_each_other_are_told() -> None:
    reading = read("Learner,Activity,Points,Maximum\nana,Quiz 1,9,10\nana,Quiz 1,7,10\nana,Quiz 1,9,10\n")
    assert [event.score for event in reading.events] == [9.0]
    assert [(problem.row, problem.code) for problem in reading.problems] == [(3, "upload.row_contradicts")]


def test_a_name_that_two_activities_bear_is_no_name() -> None:
    twice = [*ACTIVITIES, Activity("quiz-2", "item", "Quiz 1")]
    table = read_table(b"Learner,Activity,Points,Maximum\nana,Quiz 1,9,10\nana,quiz-2,9,10\n")
    reading = read_rows(table, PLAIN, COURSE, twice, NOW)
    assert [problem.code for problem in reading.problems] == ["upload.activity_ambiguous"]
    assert [event.target for event in reading.events] == ["quiz-2"]


@pytest.mark.parametrize(("columns", "code"), [
    (Columns(), "learner"), (Columns("Learner"), "activity"), (Columns("Learner", "Activity"), "result"),
    (Columns("Learner", "Activity", "Points"), "maximum"),
    (Columns("Learner", "Activity", "Points", "Maximum"), "decimal"),
    (Columns("Learner", "Activity", completed="Done", date="Date", zone="Mars"), "date_form"),
    (Columns("Learner", "Activity", completed="Done", person_kind="email"), "person_kind"),
    (Columns("Learner", completed="Done", fixed_activity="item:gone"), "activity"),
])  # fmt: skip
def test_what_has_still_to_be_said_is_asked(columns: Columns, code: str) -> None:
    with pytest.raises(BadgeToolError) as refused:
        one("ana,Quiz 1,1,2,yes,2026-05-31", columns)
    assert refused.value.code == f"upload.{code}_missing"


@pytest.mark.parametrize(("text", "form", "zone", "told"), [
    ("2026-05-31", "iso", "UTC", "2026-05-31T00:00:00+00:00"),
    ("2026-05-31 09:05", "iso", "Europe/Berlin", "2026-05-31T07:05:00+00:00"),
    ("2026-05-31T09:05:06Z", "iso", "Europe/Berlin", "2026-05-31T09:05:06+00:00"),
    ("1.2.2026", "day_first", "UTC", "2026-02-01T00:00:00+00:00"),
    ("31/05/2026 9:05", "day_first", "UTC", "2026-05-31T09:05:00+00:00"),
    ("05/31/2026 23:59:59", "month_first", "America/Chicago", "2026-06-01T04:59:59+00:00"),
])  # fmt: skip
def test_dates_as_they_were_said_to_be_written(text: str, form: str, zone: str, told: str) -> None:
    assert moment(text, form, Columns(zone=zone).time_zone, NOW).isoformat() == told


@pytest.mark.parametrize(("text", "form"), [
    ("31.05.2026", "iso"), ("05/31/2026", "day_first"), ("1970-01-01", "iso"), ("2100-01-01", "iso"), ("soon", "iso"),
    ("31.05.26", "day_first"), ("31.05.2026 noon", "day_first"), ("0001-01-01", "iso"),
])  # fmt: skip
def test_dates_that_are_none(text: str, form: str) -> None:
    with pytest.raises(BadgeToolError, match=r"upload\.date_invalid"):
        moment(text, form, Columns(zone="Pacific/Kiritimati").time_zone, NOW)


def test_yes_and_no_in_the_words_that_exports_use() -> None:
    assert [yes_or_no(text) for text in ("Yes", "TRUE", "1", "x", "No", "0", "Incomplete")] == [True] * 4 + [False] * 3
    with pytest.raises(BadgeToolError, match=r"upload\.completed_invalid"):
        yes_or_no("maybe")


@given(st.decimals(0, 10**6, places=3))
def test_a_number_is_read_with_the_sign_that_was_said(value) -> None:
    assert points(f"{value}", ".") == points(f"{value}".replace(".", ","), ",") == float(value)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_refused(raw: bytes) -> None:
    with suppress(BadgeToolError):
        table = read_table(raw)
        first, last = table.head[0], table.head[-1]
        said = Columns(first, fixed_activity="item:quiz-1", score=last, fixed_maximum="9", decimal=".")
        read_rows(table, said, COURSE, ACTIVITIES, NOW)
