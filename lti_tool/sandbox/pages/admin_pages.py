"""The administrator's page: external tools, their webhooks, and who is in the course."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.sandbox import coursework, notices, people, registrations, streams, webhooks
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.pages.visitor import allow, check_csrf, current_person
from lti_tool.sandbox.practice import this_practice

blueprint = Blueprint("admin_pages", __name__, url_prefix="/admin")


@blueprint.before_request
def _admins_only() -> None:
    allow(current_person().is_admin)
    if request.method == "POST":
        check_csrf()


def _back(message: str) -> Response:
    flash(message)
    return redirect(url_for(".overview"))


@blueprint.get("")
def overview() -> str:
    """Tools, deliveries and people."""
    with this_practice().database.reading() as connection:
        return render_template(
            "practice/admin.html",
            tools=registrations.listing(connection),
            deployment_id=this_practice().form.deployment_id,
            deliveries=webhooks.listing(connection, 50),
            everyone=people.everyone(connection),
            streams=streams.listing(connection),
        )


@blueprint.post("/registrations")
def start() -> str:
    """Begins a registration and opens the tool's registration page in a frame.

    The address with its single-use token is shown by this answer only; it is not kept.
    """
    practice = this_practice()
    with practice.database.transaction() as connection:
        number, open_url = registrations.start(
            connection,
            request.form.get("registration_url", ""),
            partial(practice.form.configuration_url, practice.site),
            practice.clock(),
        )
        registration = registrations.find(connection, number)
    g.frame_origins = registration.origins
    return render_template("practice/registering.html", tool=registration, open_url=open_url)


@blueprint.post("/registrations/<int:number>/activate")
def activate(number: int) -> Response:
    """Agrees to a pending tool."""
    with this_practice().database.transaction() as connection:
        tool = registrations.activate(connection, number)
    return _back(f"{tool.name} is active.")


@blueprint.post("/registrations/<int:number>/remove")
def remove(number: int) -> Response:
    """Forgets a tool."""
    with this_practice().database.transaction() as connection:
        registrations.remove(connection, number)
    return _back("The external tool is removed.")


@blueprint.post("/registrations/<int:number>/webhook")
def set_webhook(number: int) -> Response:
    """Sets where events go; an empty secret keeps the old one."""
    form = request.form
    with this_practice().database.transaction() as connection:
        registrations.set_webhook(
            connection, number, form.get("webhook_url", "").strip(), form.get("webhook_secret", "")
        )
    return _back("The webhook is saved.")


@blueprint.post("/keys/rotate")
def rotate_keys() -> Response:
    """Signs launches with a new key from now on."""
    return _back(f"Launches are signed with the new key {this_practice().keys.rotate()}.")


@blueprint.post("/course-copy")
def copy_course() -> Response:
    """Tells the tools that asked for it that the course was copied."""
    _, told = notices.tell_of_copy(this_practice())
    return _back(f"The course is copied; {told} {'tool is' if told == 1 else 'tools are'} told.")


@blueprint.post("/streams")
def add_stream() -> Response:
    """Has everything that happens told to an address."""
    practice, form = this_practice(), request.form
    signed, format_ = form.get("signed") == "yes", form.get("format", "")
    with practice.database.transaction() as connection:
        streams.add(connection, form.get("stream_url", ""), format_, signed, practice.clock())
    return _back("The stream is added.")


@blueprint.post("/streams/<int:number>/remove")
def remove_stream(number: int) -> Response:
    with this_practice().database.transaction() as connection:
        streams.remove(connection, number)
    return _back("The stream is removed.")


@blueprint.post("/deliveries/<int:number>/resend")
def resend(number: int) -> Response:
    """Sends a delivery again."""
    practice = this_practice()
    with practice.database.transaction() as connection:
        if not webhooks.send_again(connection, number, practice.clock()):
            raise PracticeError("delivery.unknown", "There is no such delivery.", 404)
    practice.sender.wake()
    return _back("The event is on its way again.")


@blueprint.post("/people/<user_id>/enrolment")
def set_enrolment(user_id: str) -> Response:
    """Suspends a person or lets her back in."""
    active = request.form.get("active") == "true"
    with this_practice().database.reading() as connection:
        person = people.find(connection, user_id)
    if person.is_admin:
        raise PracticeError("person.role", "The administrator cannot be suspended.")
    coursework.set_enrolment(this_practice(), user_id, active, None)
    return _back(f"{person.name} is {'back in the course' if active else 'suspended'}.")
