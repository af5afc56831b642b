"""Who is looking at a page, and whether a form comes from one of our own."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from lti_tool.sandbox import people
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.people import Person
from lti_tool.sandbox.practice import this_practice

blueprint = Blueprint("visitor", __name__)


class NobodyChosen(Exception):
    """The visitor has not said who to be."""


@blueprint.app_errorhandler(NobodyChosen)
def _choose_first(_: NobodyChosen) -> Response:
    return redirect(url_for("visitor.choose"))


def current_person() -> Person:
    """The person the visitor has chosen to be; a suspended one is turned away."""
    person = chosen_person()
    if person is None:
        raise NobodyChosen
    if not person.active:
        raise PracticeError("person.suspended", f"{person.name} is suspended from this course.", 403)
    return person


def chosen_person() -> Person | None:
    """The person the visitor has chosen to be, if any."""
    person_id = session.get("person")
    if person_id is None:
        return None
    with this_practice().database.reading() as connection:
        return people.find(connection, person_id)


def allow(permitted: bool) -> None:
    """Goes on only if the visitor may see the page; PracticeError 403 otherwise."""
    if not permitted:
        raise PracticeError("person.role", "This page is not for your role.", 403)


def csrf_token() -> str:
    """The token that every form of this session carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def check_csrf() -> None:
    """Refuses a form that was not made for this session."""
    given = request.form.get("csrf_token", "")
    if not secrets.compare_digest(given.encode(), str(session.get("csrf", "-")).encode()):
        raise PracticeError("csrf.missing", "This form is out of date. Go back and send it again.", 403)


@blueprint.get("/")
def choose() -> str:
    """Choose who to be."""
    with this_practice().database.reading() as connection:
        everyone = people.everyone(connection)
    staff = [person for person in everyone if not person.learns]
    return render_template(
        "practice/choose.html",
        groups={"Staff": staff, "Learners": [each for each in everyone if each.learns]},
    )


@blueprint.post("/session")
def become() -> Response:
    """Become a person, in a fresh session."""
    check_csrf()
    with this_practice().database.reading() as connection:
        person = people.find(connection, request.form.get("user_id", ""))
    session.clear()
    session["person"] = person.id
    return redirect(url_for("admin_pages.overview" if person.is_admin else "course_pages.overview"))


@blueprint.post("/session/end")
def leave() -> Response:
    """Be nobody again."""
    check_csrf()
    session.clear()
    return redirect(url_for("visitor.choose"))
