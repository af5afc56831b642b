"""The gradebook: teachers read and set all grades, a learner sees her own."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.sandbox import course, coursework, gradebook, people
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.pages.visitor import allow, check_csrf, current_person
from lti_tool.sandbox.practice import this_practice

blueprint = Blueprint("gradebook_pages", __name__, url_prefix="/course/gradebook")


@blueprint.get("")
def overview() -> str:
    """All grades for staff, her own for a learner."""
    person = current_person()
    with this_practice().database.reading() as connection:
        table = gradebook.read(connection, None if person.grades else person.id)
    return render_template("practice/gradebook.html", table=table, graded=course.GRADED)


@blueprint.get("/<user_id>")
def learner(user_id: str) -> str:
    """One learner's grades, with a form for each."""
    allow(current_person().grades)
    with this_practice().database.reading() as connection:
        person = people.find(connection, user_id)
        table = gradebook.read(connection, user_id)
        submissions = {each.id: coursework.submission_of(connection, user_id, each.id) for each in course.GRADED}
    if not table.rows:
        raise PracticeError("person.not_a_learner", f"{person.name} is not a learner in this course.", 404)
    return render_template(
        "practice/learner_grades.html",
        row=table.rows[0],
        columns=table.tool_columns,
        submissions=submissions,
        course=course,
    )


@blueprint.post("/<user_id>")
def set_grade(user_id: str) -> Response:
    """Sets a grade, or withdraws it when the field is empty."""
    check_csrf()
    allow(current_person().grades)
    activity = coursework.find_activity(request.form.get("activity_id", ""))
    text = request.form.get("score", "").strip().replace(",", ".")
    try:
        score = float(text) if text else None
    except ValueError as error:
        raise PracticeError("score.malformed", "A grade is a number of points.") from error
    coursework.grade(this_practice(), user_id, activity.id, score)
    shown = "withdrawn" if score is None else f"{score:g} of {activity.maximum:g} points"
    flash(f"Grade for “{activity.title}”: {shown}.")
    return redirect(url_for(".learner", user_id=user_id))
