"""A teacher uploads a table: looked at, checked, taken in when she says so, remembered; without scripts or cookies."""

from __future__ import annotations

import base64
import zlib

import pytest
from sqlalchemy import select

from lti_tool.db.tables.base import metadata
from lti_tool.demo.forms import Upload
from lti_tool.web.instructor import make_blueprint as instructor_blueprint
from lti_tool.web.learner import make_blueprint as learner_blueprint
from tests.functional.web.conftest import Site
from tests.functional.web.tab import Tab

TABLE = """Learner;Activity;Points;Out of;Done
ana;Quiz 1;91,5;100;
ana;Module 1;;;yes
ben;Quiz 1;85%;100;
nobody;Quiz 1;50;100;
cleo;Poster;4;5;
"""
MAPPED = {"learner": "Learner", "activity": "Activity", "score": "Points", "maximum": "Out of", "completed": "Done",
          "decimal": ","}  # fmt: skip


@pytest.fixture
def blueprint_makers():
    return (instructor_blueprint, learner_blueprint)


@pytest.fixture(params=[True, False], ids=["cookie", "no cookie"])
def teacher(site: Site, request: pytest.FixtureRequest) -> Tab:
    return Tab.at(site.open_session("instructor", cookie=request.param), "/badges").follow("Upload grades")


def look(tab: Tab, text: str | bytes = TABLE, name: str = "grades.csv") -> Tab:
    content = text if isinstance(text, bytes) else text.encode()
    return tab.press("Look at the file", files={"table": Upload(name, content, "text/csv")})


def stored(site: Site) -> dict[str, list[str]]:
    tables = [table for table in metadata.sorted_tables if table.name in ("inbox_events", "upload_columns", "facts")]
    with site.course.house.engine.connect() as connection:
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def take_in(tab: Tab, text: str | bytes = TABLE) -> Tab:
    look(tab, text).press("check", MAPPED)
    return tab.press("store")


def test_nothing_is_stored_before_it_is_confirmed_and_then_good_rows_count(site: Site, teacher: Tab) -> None:
    before = stored(site)
    look(teacher)
    for words in ("5 rows, columns separated by semicolons, text in UTF-8", "What the columns say"):
        assert words in teacher.text
    assert '<option value="Learner" selected>' in teacher.response.text
    teacher.press("check", MAPPED | {"decimal": ","})
    for words in ("3 new, 0 known already, 1 for learners who are not known in this course yet", "1 row is left out",
                  "Quiz 1: 91.5 of 100 points", "Module 1: completed", "New to the course: Poster",
                  "Row 4", "“85%” is no number as 8,5 is.", "upload.number_invalid"):  # fmt: skip
        assert words in teacher.text, words
    assert stored(site) == before
    teacher.press("store")
    assert "4 results were taken in from grades.csv." in teacher.text
    site.course.work()
    assert site.award_of("ana")
    assert len(stored(site)["inbox_events"]) == 4


def test_a_repetition_has_no_effect_and_a_change_has(site: Site, teacher: Tab) -> None:
    take_in(teacher)
    site.course.work()
    before = stored(site)
    again = look(teacher)
    assert "0 new, 3 known already" in again.text, "the columns are remembered, so the result stands there at once"
    again.press("store")
    site.course.work()
    after = stored(site)
    assert (after["inbox_events"], after["facts"]) == (before["inbox_events"], before["facts"])
    for points in ("40", "91,5"):
        site.course.clock.pass_time(minutes=1)
        take_in(teacher, TABLE.replace("91,5", points))
        site.course.work()
    [award] = [site.award_of("ana")]
    with site.course.house.transactions(write=False) as unit:
        facts = unit.records.get(site.course.course.id, site.course.people["ana"].id)
        held = unit.awards.get(award)
    assert [fact.score for fact in facts if fact.target == "quiz-1"] == [91.5]
    assert held is not None
    assert held.flag == ""


def test_a_second_press_of_the_button_is_none(site: Site, teacher: Tab) -> None:
    look(teacher).press("check", MAPPED)
    sent = {name: teacher.field(name).get("value") for name in ("launch_token", "data", "file_name", "upload_id")}
    before = len(stored(site)["inbox_events"])
    for _ in range(2):
        answer = teacher.client.post(teacher.path, data=sent | MAPPED | {"op": "store"})
        assert answer.status_code == 200
    assert len(stored(site)["inbox_events"]) == before + 4


def test_decimals_are_asked_for_and_never_guessed(teacher: Tab) -> None:
    look(teacher).press("check", {name: value for name, value in MAPPED.items() if name != "decimal"})
    assert (teacher.status, "Say how decimals are written in this file." in teacher.text) == (422, True)
    assert not teacher.has("store")


def test_what_is_uploaded_is_text_and_nothing_else(site: Site, teacher: Tab) -> None:
    hostile = '<script>alert(1)</script>,=HYPERLINK("http://evil")'
    look(teacher, f'Learner,Activity,"{hostile.replace(chr(34), chr(34) * 2)}"\n"=1+1",<b>x</b>,5\n', "<img src=x>.csv")
    html = teacher.response.text
    assert "<script>alert(1)" not in html
    assert "<img src=x>" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "=1+1" in teacher.text


@pytest.mark.parametrize(("file", "words"), [
    (b"PK\x03\x04...", "Save the spreadsheet as CSV"), (b"", "nothing in the file"), (b"a,b\n", "no row below"),
    (b"a,b\n" + b"1,2\n" * 6000, "more than 5000 rows"), (b"x" * (1024**2 + 1), "larger than 1 MB"),
])  # fmt: skip
def test_a_file_that_is_no_table_is_refused_in_plain_words(site: Site, file: bytes, words: str) -> None:
    tab = Tab.at(site.open_session("instructor"), "/badges/upload")
    look(tab, file)
    assert tab.status == 422
    assert words in tab.text


def test_no_file_and_a_damaged_form_are_told(site: Site) -> None:
    ines = site.open_session("instructor")
    assert "Choose a file first." in ines.post("/badges/upload/table", op="read").text
    bomb = base64.b64encode(zlib.compress(b" " * 50 * 1024**2)).decode()
    for data in ("%%%", "QUJD", bomb):
        answer = ines.post("/badges/upload/table", op="store", data=data)
        assert (answer.status_code, "Choose the file again" in answer.text) == (422, True)


@pytest.mark.parametrize("role", ["learner", "assistant", "test_student", "other"])
def test_only_the_teacher_uploads(site: Site, role: str) -> None:
    before, person = stored(site), site.open_session(role)
    assert person.get("/badges/upload").status_code == 403
    data = base64.b64encode(zlib.compress(TABLE.encode())).decode()
    assert person.post("/badges/upload/table", op="store", data=data, **MAPPED).status_code == 403
    assert stored(site) == before


def test_it_goes_into_the_course_of_the_launch_and_no_other(site: Site) -> None:
    other = site.open_session("instructor", context="course-2")
    data = base64.b64encode(zlib.compress(TABLE.encode())).decode()
    answer = other.post("/badges/upload/table", op="store", data=data, **MAPPED)
    assert answer.status_code == 200
    site.course.work()
    with site.course.house.transactions(write=False) as unit:
        assert list(unit.records.get(site.course.course.id, site.course.people["ana"].id)) == []


def test_a_large_table_is_taken_in_whole(site: Site) -> None:
    rows = "".join(f"someone-{number};Quiz 1;{number % 100};100;\n" for number in range(1200))
    tab = Tab.at(site.open_session("instructor"), "/badges/upload")
    take_in(tab, TABLE.splitlines()[0] + "\n" + rows)
    assert "1200 results were taken in" in tab.text
    assert len(stored(site)["inbox_events"]) == 1200
