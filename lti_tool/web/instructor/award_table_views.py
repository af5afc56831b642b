"""A table of learners who are to be awarded: chosen, looked at, and given when all of it is right.

It works without scripts, in the way of the table of grades: what the steps before brought travels in the form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources import csv_upload
from lti_tool.sources.csv_upload import AwardColumns, AwardTable, CsvTable, RowProblem
from lti_tool.sources.sender import PERSON_KINDS
from lti_tool.usecases.award_by_hand import Checked, Gift
from lti_tool.web.form_text import typed
from lti_tool.web.instructor.award_rows import GiftList, gift_list
from lti_tool.web.instructor.carried_file import chosen_file, packed
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.instructor.upload_rows import SHOWN_PROBLEMS
from lti_tool.web.security.viewer import actor, current_viewer
from lti_tool.web.services import PageServices

_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class TableView:
    """`data` carries the file; `error` is what is still to be said of the columns, or why nothing can be given."""

    table: CsvTable
    file_name: str
    data: str
    columns: AwardColumns
    people: GiftList | None = None
    problems: tuple[RowProblem, ...] = ()
    error: str = ""
    is_given: bool = False

    @property
    def can_be_given(self) -> bool:
        return self.people is not None and bool(self.people.gets) and not (self.people.refused or self.problems)


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    pages = _TablePages(services)
    register(
        blueprint,
        (
            ("/badges/<achievement_id>/award/table", VIEW, pages.award_table),
            ("/badges/<achievement_id>/award/table/check", ACTION, pages.send_award_table),
        ),
    )


class _TablePages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def award_table(self, session_id: str, achievement_id: str) -> Response:
        """Asks for a file."""
        return self._page(achievement_id, None)

    def send_award_table(self, session_id: str, achievement_id: str) -> Response:
        """Any button: the file is read, its rows are checked, or all of them are awarded."""
        try:
            raw, name = chosen_file(request, csv_upload.MOST_BYTES)
            table, data = csv_upload.read_table(raw), packed(raw)
        except BadgeToolError as error:
            return self._page(achievement_id, None, f"{error.message} {error.hint}".strip())
        operation = request.form.get("op", "")
        if operation == "read":
            columns = AwardColumns.guess(table.head)
        else:
            sent = {name: typed(request.form, name) for name in request.form}
            columns = AwardColumns.from_json(sent, table.head)
        view = self._tried(achievement_id, TableView(table, name, data, columns), give=operation == "give")
        # What is still to be said of the columns is no mistake before anybody was asked.
        return self._page(achievement_id, replace(view, error="") if operation == "read" else view)

    def _tried(self, achievement_id: str, view: TableView, *, give: bool) -> TableView:
        """What comes of the table."""
        viewer = current_viewer()
        try:
            found = csv_upload.read_awards(view.table, view.columns)
            gifts = _gifts(found, view.columns)
            if give and not found.problems:
                giver = actor(self._services, viewer)
                checked = self._services.award_by_hand(viewer.course_id, achievement_id, giver, gifts)
                return _filled(view, found, checked, is_given=True)
            checked = self._services.award_by_hand.check(viewer.course_id, achievement_id, viewer.person_id, gifts)
        except BadgeToolError as error:
            return replace(view, error=error.message)
        return _filled(view, found, checked)

    def _page(self, achievement_id: str, view: TableView | None, error: str = "") -> Response:
        found = self._services.course.badge(current_viewer().course_id, achievement_id)
        is_wrong = bool(error or (view and view.error))
        values = {"badge": found.achievement, "page": view, "error": error, "person_kinds": PERSON_KINDS}
        return make_response(
            render_template("instructor/award_table.html", **values), _UNPROCESSABLE if is_wrong else 200
        )


def _gifts(found: AwardTable, columns: AwardColumns) -> list[Gift]:
    return [Gift(row.learner, row.reason, row.evidence, columns.person_kind) for row in found.rows]


def _filled(view: TableView, found: AwardTable, checked: list[Checked], *, is_given: bool = False) -> TableView:
    people = gift_list(checked, [row.row for row in found.rows])
    return replace(view, people=people, problems=tuple(found.problems[:SHOWN_PROBLEMS]), is_given=is_given)
