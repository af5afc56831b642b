"""External tools inside the course: the page around the frame, and the frame's first document."""

from __future__ import annotations

import sqlite3

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.sandbox import launches, links, registrations
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.links import Link
from lti_tool.sandbox.oidc import form_post
from lti_tool.sandbox.pages.visitor import allow, check_csrf, current_person
from lti_tool.sandbox.practice import this_practice
from lti_tool.sandbox.registrations import Registration

blueprint = Blueprint("tool_pages", __name__)


def _active(connection: sqlite3.Connection, registration_id: int) -> Registration:
    registration = registrations.find(connection, registration_id)
    if registration.state != "active":
        raise PracticeError("registration.inactive", "This tool is waiting for the administrator.", 409)
    return registration


def _frame(registration: Registration, link: Link | None, heading: str) -> str:
    """The page that holds a tool's frame and keeps its state (platform storage)."""
    g.frame_origins = registration.origins
    link_id = link.id if link else ""
    return render_template(
        "practice/tool.html",
        heading=heading,
        link=link,
        frame_url=url_for(".launch", registration_id=registration.id, link_id=link_id),
        window_url=url_for(".launch", registration_id=registration.id, link_id=link_id, document_target="window"),
        origins=registration.origins,
        registration_id=registration.id,
    )


@blueprint.get("/lti/storage/<int:registration_id>")
def storage(registration_id: int) -> str:
    """The hidden frame that keeps a tool's state, where the page around its frame does not."""
    with this_practice().database.reading() as connection:
        registration = _active(connection, registration_id)
    return render_template("practice/storage.html", origins=registration.origins)


@blueprint.get("/course/tools/<int:registration_id>")
def menu(registration_id: int) -> str:
    """The tool from the course menu."""
    current_person()
    with this_practice().database.reading() as connection:
        registration = _active(connection, registration_id)
    return _frame(registration, links.menu_link(registration), "Badges")


@blueprint.get("/course/links/<link_id>")
def placed(link_id: str) -> str:
    """The tool from a link that a teacher placed."""
    current_person()
    with this_practice().database.reading() as connection:
        link = next((each for each in links.placed(connection) if each.id == link_id), None)
        if link is None:
            raise PracticeError("link.unknown", "There is no such link in this course.", 404)
        registration = registrations.find(connection, link.registration_id)
    return _frame(registration, link, link.title)


@blueprint.post("/course/links/<link_id>/remove")
def take_away(link_id: str) -> AnyResponse:
    """Removes a placed link."""
    check_csrf()
    allow(current_person().edits_course)
    with this_practice().database.transaction() as connection:
        links.take_away(connection, link_id)
    flash("The link is removed from the course.")
    return redirect(url_for("course_pages.overview"))


@blueprint.get("/course/tools/<int:registration_id>/add")
def add(registration_id: int) -> str:
    """Lets a teacher choose links in the tool (Deep Linking)."""
    allow(current_person().edits_course)
    with this_practice().database.reading() as connection:
        registration = _active(connection, registration_id)
    return _frame(registration, None, "Add from Badges")


@blueprint.get("/lti/launch/<int:registration_id>")
def launch(registration_id: int) -> Response:
    """What the frame (or the new window) loads first: it posts the login initiation to the tool."""
    person = current_person()
    link_id = request.args.get("link_id", "")
    target = "window" if request.args.get("document_target") == "window" else "iframe"
    with this_practice().database.reading() as connection:
        registration = _active(connection, registration_id)
        link = links.find(connection, registration, link_id) if link_id else None
    if link_id and link is None:
        raise PracticeError("link.unknown", "There is no such link in this course.", 404)
    initiation = launches.start(this_practice(), registration, person, link, target)
    return form_post(initiation.url, initiation.params)
