"""A table of grades or completions: chosen, looked at, and taken in when the teacher confirms it.

It works without scripts. Each step is one form; what the steps before brought travels in it, so nothing is stored
before the last.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources import csv_upload
from lti_tool.sources.csv_upload import Columns, CsvTable
from lti_tool.sources.sender import PERSON_KINDS
from lti_tool.usecases.upload_records import UploadCourse
from lti_tool.web.form_text import typed
from lti_tool.web.instructor.carried_file import chosen_file, packed
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.instructor.upload_rows import SHOWN_ROWS, UploadView, Verdict, choices, verdict
from lti_tool.web.security.viewer import current_viewer
from lti_tool.web.services import PageServices

_UNPROCESSABLE = 422


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    pages = _UploadPages(services)
    register(blueprint, (("/badges/upload", VIEW, pages.upload), ("/badges/upload/table", ACTION, pages.send_upload)))


class _UploadPages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def upload(self, session_id: str) -> Response:
        """Asks for a file."""
        return _page(None)

    def send_upload(self, session_id: str) -> Response:
        """Any button: the file is read, the columns are tried, or what they say is taken in."""
        try:
            raw, name = chosen_file(request, csv_upload.MOST_BYTES)
            table = csv_upload.read_table(raw)
            data = packed(raw)
        except BadgeToolError as error:
            return _page(None, error=f"{error.message} {error.hint}".strip(), status=_UNPROCESSABLE)
        course = self._services.upload.course(current_viewer().course_id)
        operation = request.form.get("op", "")
        columns = _remembered(course, table) if operation == "read" else _columns_sent(table)
        # The last table of this course was read so: where that fits, its result stands there at once.
        is_ready = operation != "read" or bool(course.columns)
        found, missing = self._try(course, table, columns, store=operation == "store") if is_ready else (None, "")
        if operation == "read":
            missing = ""
        view = UploadView(
            table,
            name,
            data,
            _upload_id(),
            columns,
            list(table.rows[:SHOWN_ROWS]),
            choices(course.activities, "item"),
            choices(course.activities, "module"),
            missing,
            found,
        )
        return _page(view, status=_UNPROCESSABLE if missing else 200)

    def _try(
        self, course: UploadCourse, table: CsvTable, columns: Columns, *, store: bool
    ) -> tuple[Verdict | None, str]:
        """What comes of the table, or what has still to be said about its columns."""
        try:
            reading = csv_upload.read_rows(table, columns, course.course, course.activities, self._services.clock())
        except BadgeToolError as error:
            return None, error.message
        upload = self._services.upload
        if store:
            new = list(reading.new.values())
            weighed = upload.take_in(course.course.id, _upload_id(), reading.events, new, columns.to_json())
        else:
            weighed = upload.weigh(course.course.id, reading.events)
        return verdict(reading, weighed, course.activities, is_stored=store), ""


def _upload_id() -> str:
    """Of this form: the same one for a second press of its button."""
    given = request.form.get("upload_id", "")
    return given if len(given) == 32 and given.isalnum() and given.isascii() else secrets.token_hex(16)


def _remembered(course: UploadCourse, table: CsvTable) -> Columns:
    """As the last table of this course was read, where this one has those columns; else what their names suggest."""
    guessed = csv_upload.guess(table.head)
    if not course.columns:
        return guessed
    held = Columns.from_json(course.columns).fitting(table.head)
    return held if held.learner else guessed


def _columns_sent(table: CsvTable) -> Columns:
    return Columns.from_json({name: typed(request.form, name) for name in request.form}).fitting(table.head)


def _page(view: UploadView | None, error: str = "", status: int = 200) -> Response:
    words = {
        "parts": csv_upload.PARTS,
        "person_kinds": PERSON_KINDS,
        "decimal_signs": csv_upload.DECIMAL_SIGNS,
        "date_forms": csv_upload.DATE_FORMS,
        "course_grade": csv_upload.COURSE_GRADE,
        "most_rows": csv_upload.MOST_ROWS,
    }
    return make_response(render_template("instructor/upload.html", page=view, error=error, **words), status)
