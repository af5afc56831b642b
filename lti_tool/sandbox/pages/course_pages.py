"""The course as people see it: modules, pages, the quiz, the assignment."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.sandbox import course, coursework, links, registrations, rules
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.launches import DEEP_LINKING
from lti_tool.sandbox.pages.visitor import check_csrf, current_person
from lti_tool.sandbox.practice import this_practice

blueprint = Blueprint("course_pages", __name__, url_prefix="/course")


@blueprint.get("")
def overview() -> str:
    """The course with its modules and the links that teachers placed."""
    person = current_person()
    with this_practice().database.reading() as connection:
        progress = coursework.progress_of(connection, person.id)
        tools = registrations.listing(connection, active_only=True)
        placed = links.placed(connection)
    return render_template(
        "practice/course.html",
        course=course,
        progress=progress,
        done_modules=rules.completed_modules(progress.completed),
        placed=placed,
        linking_tools=[tool for tool in tools if tool.speaks(DEEP_LINKING)],
    )


@blueprint.get("/modules/<module_id>")
def module(module_id: str) -> str:
    """One module with its activities."""
    person = current_person()
    found = next((each for each in course.MODULES if each.id == module_id), None)
    if found is None:
        raise PracticeError("module.unknown", "There is no such module in this course.", 404)
    with this_practice().database.reading() as connection:
        progress = coursework.progress_of(connection, person.id)
    done = found.id in rules.completed_modules(progress.completed)
    return render_template("practice/module.html", module=found, progress=progress, done=done)


@blueprint.get("/activities/<activity_id>")
def activity(activity_id: str) -> str:
    """A page, the quiz or the assignment."""
    person = current_person()
    found = coursework.find_activity(activity_id)
    with this_practice().database.reading() as connection:
        progress = coursework.progress_of(connection, person.id)
        submission = coursework.submission_of(connection, person.id, found.id)
    return render_template(
        f"practice/{found.kind}.html",
        activity=found,
        module=course.module_of(found.id),
        progress=progress,
        submission=submission,
    )


@blueprint.post("/activities/<activity_id>/read")
def mark_read(activity_id: str) -> Response:
    """Marks a page as done or not done."""
    check_csrf()
    person = current_person()
    found = coursework.find_activity(activity_id, "page")
    done = request.form.get("completed") == "true"
    coursework.complete(this_practice(), person.id, found.id, done)
    flash(f"“{found.title}” is marked as {'done' if done else 'not done'}.")
    return redirect(url_for(".activity", activity_id=found.id))


@blueprint.post("/activities/<activity_id>/attempt")
def attempt(activity_id: str) -> Response:
    """Marks the answers of the quiz."""
    check_csrf()
    person = current_person()
    quiz = coursework.find_activity(activity_id, "quiz")
    answers = {
        number: int(choice)
        for number in range(len(quiz.questions))
        if (choice := request.form.get(f"question-{number}", "")).isdecimal() and choice.isascii()
    }
    if len(answers) < len(quiz.questions):
        raise PracticeError("quiz.incomplete", "Answer every question, then send your answers.")
    points = course.mark(quiz, answers)
    coursework.attempt_quiz(this_practice(), person.id, quiz.id, points)
    flash(f"You have {points:g} of {quiz.maximum:g} points in “{quiz.title}”.")
    return redirect(url_for(".activity", activity_id=quiz.id))


@blueprint.post("/activities/<activity_id>/submit")
def submit(activity_id: str) -> Response:
    """Hands in the assignment."""
    check_csrf()
    person = current_person()
    coursework.submit(this_practice(), person.id, activity_id, request.form.get("text", ""))
    flash("Handed in. Your teacher will grade it.")
    return redirect(url_for(".activity", activity_id=activity_id))
