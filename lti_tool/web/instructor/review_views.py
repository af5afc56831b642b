"""The queue of what was handed in, and the page on which a reviewer decides about one piece of it."""

from __future__ import annotations

import math

from flask import Blueprint, Response, make_response, render_template, request

from lti_tool.domain.criteria import RubricRow
from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.marks import Mark, mark_by_level
from lti_tool.domain.nomination import NominationState
from lti_tool.usecases.review_evidence import Review
from lti_tool.web import places
from lti_tool.web.evidence_form import file_answer
from lti_tool.web.form_text import typed
from lti_tool.web.instructor.review_rows import points_key, queue_of, review_view
from lti_tool.web.instructor.routes import ACTION, VIEW, register
from lti_tool.web.security.viewer import actor, current_viewer, go_to
from lti_tool.web.services import PageServices

_SAID = {
    "approved": "Approved. The learner's record is weighed anew.",
    "more": "The learner is asked for more, in your words.",
    "declined": "Declined. The learner can read why.",
}
# What is wrong with the form, and the field beside which it is said.
_FIELDS = {
    "review.words_missing": "words",
    "review.words_too_long": "words",
    "review.points_missing": "points",
    "review.points_invalid": "points",
    "review.points_short": "points",
    "review.level_unknown": "points",
    "review.level_short": "points",
    "review.verdict_unknown": "words",
}


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    pages = _ReviewPages(services)
    register(
        blueprint,
        (
            ("/badges/reviews", VIEW, pages.reviews),
            ("/badges/reviews/<nomination_id>", VIEW, pages.review),
            ("/badges/reviews/<nomination_id>/decide", ACTION, pages.decide),
            ("/badges/reviews/<nomination_id>/file/<file_id>", ACTION, pages.review_file),
        ),
    )


class _ReviewPages:
    def __init__(self, services: PageServices) -> None:
        self._services = services

    def reviews(self, session_id: str) -> str:
        """Everything that was handed in in this course."""
        found = self._services.review.queue(current_viewer().course_id)
        notice = _SAID.get(request.args.get("done", ""), "")
        return render_template("instructor/reviews.html", queue=queue_of(found), notice=notice)

    def review(self, session_id: str, nomination_id: str) -> Response:
        """One piece of evidence."""
        page = review_view(self._found(nomination_id))
        return make_response(render_template("instructor/review.html", page=page, errors={}))

    def decide(self, session_id: str, nomination_id: str) -> Response:
        """Approves, asks for more, or declines."""
        viewer, found = current_viewer(), self._found(nomination_id)
        sent = _points(found)
        words = typed(request.form, "words")
        try:
            marks = {row.name: _mark(row, sent[row.name]) for row in _rows(found) if sent[row.name]}
            verdict = _verdict(request.form.get("verdict", ""))
            reviewer = actor(self._services, viewer)
            self._services.review.decide(viewer.course_id, nomination_id, reviewer, verdict, words, marks)
        except BadgeToolError as error:
            if error.code not in _FIELDS:
                raise
            page = review_view(found, sent, words)
            errors = {_FIELDS[error.code]: f"{error.message} {error.hint}".strip()}
            return make_response(render_template("instructor/review.html", page=page, errors=errors), 422)
        return go_to(viewer, places.REVIEWS, done=verdict.value)

    def review_file(self, session_id: str, nomination_id: str, file_id: str) -> Response:
        """A file that was handed in, now or before."""
        return file_answer(self._services.evidence_file.reviewed(current_viewer().course_id, nomination_id, file_id))

    def _found(self, nomination_id: str) -> Review:
        return self._services.review.one(current_viewer().course_id, nomination_id)


def _points(found: Review) -> dict[str, str]:
    """What was typed for each row of the rubric."""
    return {row.name: typed(request.form, points_key(place)) for place, row in enumerate(_rows(found))}


def _rows(found: Review) -> tuple[RubricRow, ...]:
    return found.leaf.rubric if found.leaf else ()


def _mark(row: RubricRow, text: str) -> Mark:
    return mark_by_level(row, text) if row.levels else Mark(_number(row.name, text))


def _number(name: str, text: str) -> float:
    try:
        given = float(text.replace(",", "."))
    except ValueError:
        given = math.nan
    if not math.isfinite(given):
        raise BadgeToolError("review.points_invalid", f"The points for “{name}” are no number.", status=422)
    return given


def _verdict(text: str) -> NominationState:
    known = {state.value: state for state in NominationState}
    return known.get(text, NominationState.WAITING)
