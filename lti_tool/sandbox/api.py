"""Everything the pages do, for programs: JSON under /api/practice with the token of the data folder."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, request

from lti_tool.sandbox import (
    copies,
    coursework,
    events,
    gradebook,
    launches,
    links,
    people,
    registrations,
    webhooks,
)
from lti_tool.sandbox.course import TITLE
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.practice import this_practice
from lti_tool.sandbox.registrations import Registration

blueprint = Blueprint("api", __name__, url_prefix="/api/practice")


@blueprint.before_request
def authorize() -> None:
    """Lets in who has the token of the data folder."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not this_practice().accepts_api_token(token.strip()):
        raise PracticeError("api.unauthorized", "The token of the data folder is needed.", 401)


def field(name: str, *kinds: type, optional: bool = False) -> Any:
    """One member of the JSON body, of one of the kinds; None only if it is optional."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise PracticeError("request.malformed", "The body must be a JSON object.")
    value = body.get(name)
    if value is None and optional:
        return None
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        words = " or ".join(kind.__name__ for kind in kinds)
        raise PracticeError("request.malformed", f"{name} must be of type {words}.")
    return value


@blueprint.get("/people")
def list_people() -> Response:
    """Everybody, with roles and whether active."""
    with this_practice().database.reading() as connection:
        everyone = people.everyone(connection)
    return jsonify(
        people=[
            {
                "id": person.id,
                "kind": person.kind,
                "name": person.name,
                "email": person.email,
                "roles": person.roles,
                "active": person.active,
            }
            for person in everyone
        ]
    )


@blueprint.get("/activities")
def list_activities() -> Response:
    """The course with its modules and items."""
    return jsonify(
        context_id=this_practice().form.context_id,
        title=TITLE,
        activities=events.activities_json(this_practice().base_url),
    )


@blueprint.post("/quiz-attempt")
def quiz_attempt() -> Response:
    """``{user_id, score, activity_id?}``: an attempt at the quiz."""
    activity = field("activity_id", str, optional=True) or "quiz-safety"
    coursework.attempt_quiz(this_practice(), field("user_id", str), activity, field("score", int, float))
    return jsonify(ok=True)


@blueprint.post("/complete")
def complete() -> Response:
    """``{user_id, activity_id, completed}``: an activity is done, or not."""
    coursework.complete(this_practice(), field("user_id", str), field("activity_id", str), field("completed", bool))
    return jsonify(ok=True)


@blueprint.post("/grade")
def grade() -> Response:
    """``{user_id, activity_id, score}``: a grade in points; null withdraws it."""
    coursework.grade(
        this_practice(),
        field("user_id", str),
        field("activity_id", str),
        field("score", int, float, optional=True),
    )
    return jsonify(ok=True)


@blueprint.post("/enrolment")
def enrolment() -> Response:
    """``{user_id, active?, roles?}``: suspends, restores, gives other roles (full URIs)."""
    roles = field("roles", list, optional=True)
    if roles is not None and not all(isinstance(role, str) for role in roles):
        raise PracticeError("request.malformed", "roles must be a list of texts.")
    user_id, active = field("user_id", str), field("active", bool, optional=True)
    person = coursework.set_enrolment(this_practice(), user_id, active, roles)
    return jsonify(id=person.id, active=person.active, roles=person.roles)


@blueprint.get("/gradebook")
def read_gradebook() -> Response:
    """Activities, the columns of tools, and a row for each learner."""
    with this_practice().database.reading() as connection:
        return jsonify(gradebook.read(connection).to_json())


@blueprint.get("/links")
def list_links() -> Response:
    """The menu entries of active tools and the links that were placed."""
    with this_practice().database.reading() as connection:
        tools = registrations.listing(connection, active_only=True)
        all_links = [*map(links.menu_link, tools), *links.placed(connection)]
    return jsonify(
        links=[
            {
                "resource_link_id": link.id,
                "registration_id": link.registration_id,
                "title": link.title,
                "text": link.text,
                "url": link.url,
                "custom": link.custom,
            }
            for link in all_links
        ]
    )


def _tool_json(tool: Registration) -> dict[str, Any]:
    """A registration without its secrets."""
    return {
        "id": tool.id,
        "state": tool.state,
        "name": tool.name,
        "client_id": tool.client_id,
        "deployment_id": this_practice().form.deployment_id(tool.id),
        "scopes": tool.scopes,
        "webhook_url": tool.webhook_url,
    }


@blueprint.get("/registrations")
def list_registrations() -> Response:
    """The external tools and how far they are."""
    with this_practice().database.reading() as connection:
        return jsonify(registrations=[_tool_json(tool) for tool in registrations.listing(connection)])


@blueprint.post("/registrations")
def start_registration() -> tuple[Response, int]:
    """``{registration_url}``: begins a registration; ``open_url`` is what a browser would open."""
    practice = this_practice()
    with practice.database.transaction() as connection:
        number, open_url = registrations.start(
            connection,
            field("registration_url", str),
            partial(practice.form.configuration_url, practice.site),
            practice.clock(),
        )
    return jsonify(id=number, open_url=open_url), 201


@blueprint.post("/registrations/<int:number>/activate")
def activate(number: int) -> Response:
    """Agrees to a pending tool."""
    with this_practice().database.transaction() as connection:
        return jsonify(_tool_json(registrations.activate(connection, number)))


@blueprint.post("/registrations/<int:number>/webhook")
def set_webhook(number: int) -> Response:
    """``{url, secret?}``: where events go; an empty url switches them off."""
    with this_practice().database.transaction() as connection:
        secret = field("secret", str, optional=True) or ""
        registrations.set_webhook(connection, number, field("url", str), secret)
        return jsonify(_tool_json(registrations.find(connection, number)))


@blueprint.post("/launch")
def launch() -> Response:
    """``{user_id, resource_link_id? | deep_linking: true, target_link_uri?, registration_id?, context_id?}``.
    `context_id` names a copy of the course.


    Returns the form a browser would post to the tool; the rest of the launch is the caller's to follow.
    """
    practice = this_practice()
    with practice.database.reading() as connection:
        person = people.find(connection, field("user_id", str))
        registration = _asked_tool(connection, field("registration_id", int, optional=True))
        context_id = field("context_id", str, optional=True) or ""
        if context_id:
            copies.find(connection, context_id)
        link = None
        if not field("deep_linking", bool, optional=True):
            link_id = field("resource_link_id", str, optional=True) or links.menu_link(registration).id
            link = links.find(connection, registration, link_id)
            if link is None:
                raise PracticeError("link.unknown", "There is no such link in this course.", 404)
    document_target = field("document_target", str, optional=True) or "iframe"
    target_link_uri = field("target_link_uri", str, optional=True) or ""
    initiation = launches.start(practice, registration, person, link, document_target, target_link_uri, context_id)
    return jsonify(method="POST", login_url=initiation.url, params=initiation.params)


def _asked_tool(connection: sqlite3.Connection, number: int | None) -> Registration:
    """The tool of that number, or the one that became active last."""
    if number is not None:
        return registrations.find(connection, number)
    active = registrations.listing(connection, active_only=True)
    if not active:
        raise PracticeError("registration.none", "No external tool is active.", 409)
    return active[-1]


@blueprint.get("/webhook-deliveries")
def list_deliveries() -> Response:
    """The latest 200 deliveries, newest first."""
    with this_practice().database.reading() as connection:
        rows = webhooks.listing(connection)
    hidden = {"event_seq"}
    return jsonify(deliveries=[{key: row[key] for key in row.keys() if key not in hidden} for row in rows])  # noqa: SIM118


@blueprint.post("/webhook-deliveries/<int:number>/resend")
def resend(number: int) -> Response:
    """Sends one delivery again."""
    practice = this_practice()
    with practice.database.transaction() as connection:
        if not webhooks.send_again(connection, number, practice.clock()):
            raise PracticeError("delivery.unknown", "There is no such delivery.", 404)
    practice.sender.wake()
    return jsonify(ok=True)
