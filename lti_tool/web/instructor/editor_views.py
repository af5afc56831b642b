"""The badge editor. Every button works by sending the whole form; scripts only spare the page's reload."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, jsonify, make_response, request

from lti_tool.domain.achievement import Achievement, AwardFrom
from lti_tool.domain.errors import BadgeToolError
from lti_tool.web import places
from lti_tool.web.errors import wants_json
from lti_tool.web.instructor import editor_form, rule_check, rule_edits, rule_file
from lti_tool.web.instructor.editor_desk import EditorDesk
from lti_tool.web.instructor.editor_form import EditorForm
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.instructor.rule_check import Problem
from lti_tool.web.instructor.rule_edits import Edit
from lti_tool.web.protocols.schemas import SCHEMA_PATH
from lti_tool.web.security.viewer import go_to
from lti_tool.web.services import PageServices

EDITOR = "instructor.edit"
_AWARD_FROM = {"publish:now": AwardFrom.NOW, "publish:new_work": AwardFrom.NEW_WORK}
# The buttons that store the badge; all others change the form, or only look at it.
_STORING = frozenset({"draft", "save", "publish", *_AWARD_FROM})
# Which field a refusal of the use case is about.
_FIELD_OF = {"achievement.name_invalid": "name", "achievement.description_too_long": "description"}
_UNPROCESSABLE = 422


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    pages = _EditorPages(services)
    register(
        blueprint,
        (
            ("/badges/new", VIEW, pages.new),
            ("/badges/new/form", ACTION, pages.send_new),
            ("/badges/<achievement_id>/edit", VIEW, pages.edit),
            ("/badges/<achievement_id>/form", ACTION, pages.send),
        ),
    )


class _EditorPages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def new(self, session_id: str) -> str:
        """The editor of a new badge, empty or with a starter's conditions."""
        desk = EditorDesk(self._services)
        return desk.page(desk.held)

    def edit(self, session_id: str, achievement_id: str) -> str:
        """The editor of a stored badge; with ?confirm=1 it asks whom to award."""
        desk = EditorDesk(self._services, achievement_id)
        asks = request.args.get("confirm") == "1" and not desk.held.is_live
        ready = not desk.held.problems(desk.choices, whole=True)
        return desk.page(desk.held, confirm=asks and ready)

    def send_new(self, session_id: str) -> Response:
        return self._sent(EditorDesk(self._services))

    def send(self, session_id: str, achievement_id: str) -> Response:
        return self._sent(EditorDesk(self._services, achievement_id))

    def _sent(self, desk: EditorDesk) -> Response:
        """Any button of the form."""
        form, operation = desk.sent(), request.form.get("op", "")
        if operation in _STORING:
            return self._store(desk, form, operation)
        if operation in ("export", "import"):
            return self._save_rule(desk, form) if operation == "export" else self._take_rule(desk, form)
        edit = rule_edits.apply(form.rule, operation) if ":" in operation else None
        if edit is not None:
            form = replace(form, rule=edit.rule)
        if wants_json():
            return jsonify(desk.fragments(form, edit))
        return make_response(desk.page(form, edit=edit))

    def _save_rule(self, desk: EditorDesk, form: EditorForm) -> Response:
        """The rule as it stands in the form, as a file."""
        open_ends = rule_check.problems(form.rule, desk.choices)
        if open_ends:
            return make_response(desk.page(form, errors=open_ends), _UNPROCESSABLE)
        content = rule_file.written(form.rule, f"{self._services.base_url}{SCHEMA_PATH}")
        response = Response(content, mimetype="application/json")
        response.headers["Content-Disposition"] = f"attachment; filename={rule_file.FILE_NAME}"
        return response

    def _take_rule(self, desk: EditorDesk, form: EditorForm) -> Response:
        """A file's rule in the form, in place of what stood there. What this course does not have is said beside it."""
        chosen = request.files.get("rule_file")
        taken = rule_file.taken(chosen.read(rule_file.MOST_BYTES + 1) if chosen else b"")
        if isinstance(taken, str):
            return make_response(desk.page(form, errors=[Problem("rule_file", taken)]), _UNPROCESSABLE)
        form = desk.completed(replace(form, rule=taken))
        errors = rule_check.problems(form.rule, desk.choices)
        return make_response(desk.page(form, errors=errors, edit=Edit(form.rule, "The rule was taken from the file.")))

    def _store(self, desk: EditorDesk, form: EditorForm, operation: str) -> Response:
        if operation in _AWARD_FROM and desk.has_new_rule(form):
            operation = "publish"  # whom it awards was answered for another rule
        whole = operation == "publish" or operation in _AWARD_FROM or form.is_live
        complete = form.described(desk.course_title) if whole else form
        stored = complete.problems(desk.choices, whole=whole) or self._saved(desk, complete)
        if isinstance(stored, list):
            return make_response(desk.page(form, errors=stored), _UNPROCESSABLE)
        if operation == "publish" and not form.is_live:
            return go_to(desk.viewer, EDITOR, achievement_id=stored.id, confirm=1)
        if operation in _AWARD_FROM and not form.is_live:
            self._services.edit.publish(desk.viewer.course_id, stored.id, _AWARD_FROM[operation], desk.actor)
            return go_to(desk.viewer, places.COURSE_BADGE, achievement_id=stored.id, done="published")
        done = "saved" if form.is_live else "draft"
        return go_to(desk.viewer, places.COURSE_BADGE, achievement_id=stored.id, done=done)

    def _saved(self, desk: EditorDesk, form: EditorForm) -> Achievement | list[Problem]:
        """Stores the badge, or says what the use case or the check of the picture has against it."""
        stored = editor_form.to_store(form, self._services.check_upload, self._services.draw_badge)
        if isinstance(stored, Problem):
            return [stored]
        course_id, edit = desk.viewer.course_id, self._services.edit
        try:
            if form.badge:
                return edit.change(course_id, form.badge.id, stored, desk.actor)
            return edit.create(course_id, stored)
        except BadgeToolError as error:
            if error.status != _UNPROCESSABLE:
                raise
            return [Problem(_FIELD_OF.get(error.code, "rule"), f"{error.message} {error.hint}".strip())]
