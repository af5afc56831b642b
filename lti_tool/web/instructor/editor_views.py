"""The badge editor. Every button works by sending the whole form; scripts only spare the page's reload."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, jsonify, make_response, request

from lti_tool.domain.achievement import Achievement, AwardFrom, CountsFor
from lti_tool.domain.errors import BadgeToolError
from lti_tool.web import places
from lti_tool.web.errors import wants_json
from lti_tool.web.form_text import typed
from lti_tool.web.instructor import editor_form, rule_check, rule_edits, rule_file
from lti_tool.web.instructor.editor_desk import EditorDesk
from lti_tool.web.instructor.editor_form import EditorForm
from lti_tool.web.instructor.publishing import CHOICES
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.instructor.rule_check import Problem
from lti_tool.web.instructor.rule_edits import Edit
from lti_tool.web.instructor.rule_form import to_json
from lti_tool.web.instructor.terms_form import OTHER, RENEWAL, day_of
from lti_tool.web.protocols.schemas import SCHEMA_PATH
from lti_tool.web.security.limits import admit_upload
from lti_tool.web.security.viewer import go_to
from lti_tool.web.services import PageServices

EDITOR = "instructor.edit"
_MASS = (AwardFrom.NOW.value, AwardFrom.DATE.value)
# The buttons that store the badge; all others change the form, or only look at it.
_STORING = frozenset({"draft", "save", "publish", "count:date", *CHOICES})
# For whom a changed rule counts, where learners have the badge already.
_COUNTS_FOR = {f"version:{whom.value}": whom for whom in CountsFor}
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
        asks = request.args.get("confirm", "")
        if not asks or desk.held.is_live or desk.held.problems(desk.choices, whole=True):
            return desk.page(desk.held)
        return desk.page(
            desk.held, asked=desk.asks(asks if asks in _MASS else "", day_of(request.args.get("since", "")))
        )

    def send_new(self, session_id: str) -> Response:
        return self._sent(EditorDesk(self._services))

    def send(self, session_id: str, achievement_id: str) -> Response:
        return self._sent(EditorDesk(self._services, achievement_id))

    def _sent(self, desk: EditorDesk) -> Response:
        """Any button of the form."""
        form, operation = desk.sent(), request.form.get("op", "")
        if operation in _STORING or operation in _COUNTS_FOR:
            return self._store(desk, form, operation)
        if operation == "replay":
            return self._replay(desk, form)
        if operation in ("export", "import"):
            return self._save_rule(desk, form) if operation == "export" else self._take_rule(desk, form)
        form, edit = _edited(form, operation)
        if wants_json():
            return jsonify(desk.fragments(form, edit))
        return make_response(desk.page(form, edit=edit))

    def _replay(self, desk: EditorDesk, form: EditorForm) -> Response:
        """What the rule in the form would have meant for all that was heard so far."""
        open_ends = rule_check.problems(form.rule, desk.choices)
        if open_ends or form.badge is None:
            return make_response(desk.page(form, errors=open_ends), _UNPROCESSABLE)
        replay = self._services.replay(desk.viewer.course_id, form.badge.id, to_json(form.rule))
        return make_response(desk.page(form, replay=replay))

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
        if operation in CHOICES and desk.has_new_rule(form):
            operation = "publish"  # whom it awards was answered for another rule
        whole = operation in ("publish", "count:date", *CHOICES) or form.is_live
        complete = form.described(desk.course_title) if whole else form
        open_ends = complete.problems(desk.choices, whole=whole)
        if not open_ends and desk.asks_for_whom(form, operation in _COUNTS_FOR):
            return make_response(desk.page(form, versioning=desk.rule_mark(form)))
        stored = open_ends or self._saved(desk, complete, _COUNTS_FOR.get(operation))
        if isinstance(stored, list):
            return make_response(desk.page(form, errors=stored), _UNPROCESSABLE)
        if operation in ("publish", "count:date") and not form.is_live:
            counted = {"since": typed(request.form, "since")} if operation == "count:date" else {}
            return go_to(desk.viewer, EDITOR, achievement_id=stored.id, confirm=1, **counted)
        if operation in CHOICES and not form.is_live:
            return self._publish(EditorDesk(self._services, stored.id), CHOICES[operation])
        done = "saved" if form.is_live else "draft"
        return go_to(desk.viewer, places.COURSE_BADGE, achievement_id=stored.id, done=done)

    def _publish(self, desk: EditorDesk, award_from: AwardFrom) -> Response:
        """Publishes what is stored, once the number that it awards has been shown: many of them a second time."""
        assert desk.held.badge is not None
        badge_id, course_id = desk.held.badge.id, desk.viewer.course_id
        day, by_date = typed(request.form, "since"), award_from is AwardFrom.DATE
        since = day_of(day) if by_date else None
        if by_date and (since is None or day != typed(request.form, "counted")):
            return go_to(desk.viewer, EDITOR, achievement_id=badge_id, confirm=1, since=day)
        people = [] if award_from is AwardFrom.NEW_WORK else desk.winners(since)
        if self._services.mass_limits.is_mass(len(people)) and typed(request.form, "confirmed") != str(len(people)):
            asked = {"since": day} if by_date else {}
            return go_to(desk.viewer, EDITOR, achievement_id=badge_id, confirm=award_from.value, **asked)
        self._services.edit.publish(course_id, badge_id, award_from, desk.actor, since=since, confirmed=people)
        return go_to(desk.viewer, places.COURSE_BADGE, achievement_id=badge_id, done="published")

    def _saved(
        self, desk: EditorDesk, form: EditorForm, counts_for: CountsFor | None = None
    ) -> Achievement | list[Problem]:
        """Stores the badge, or says what the use case or the check of the picture has against it."""

        def check(upload: bytes) -> bytes:
            admit_upload(desk.viewer.person_id)
            return self._services.check_upload(upload)

        stored = editor_form.to_store(form, check, self._services.draw_badge)
        if isinstance(stored, Problem):
            return [stored]
        course_id, edit = desk.viewer.course_id, self._services.edit
        try:
            if form.badge:
                return edit.change(course_id, form.badge.id, stored, desk.actor, counts_for)
            return edit.create(course_id, stored)
        except BadgeToolError as error:
            if error.status != _UNPROCESSABLE:
                raise
            return [Problem(_FIELD_OF.get(error.code, "rule"), f"{error.message} {error.hint}".strip())]


def _edited(form: EditorForm, operation: str) -> tuple[EditorForm, Edit | None]:
    """What a button does to the rule, or to the rule by which the badge is renewed; that one counts from then on."""
    _, _, path = operation.partition(":")
    if not path:
        return form, None
    if path.startswith(RENEWAL):
        edit = rule_edits.apply_at(RENEWAL, form.terms.rule, operation)
        return replace(form, terms=replace(form.terms, rule=edit.rule, renewal=OTHER)), edit
    edit = rule_edits.apply(form.rule, operation)
    return replace(form, rule=edit.rule), edit
