"""Assembles the practice LMS as a WSGI application."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests
from flask import Flask, Response, g, jsonify, render_template, request
from flask_bootstrap import Bootstrap5
from werkzeug.exceptions import HTTPException

from lti_tool.sandbox import (
    access_tokens,
    ags,
    api,
    data_services,
    deep_linking,
    dynamic_registration,
    feed,
    notices,
    nrps,
    oidc,
    people,
    registrations,
    routes,
    site_api,
)
from lti_tool.sandbox.canvas_api import oauth, practice_api, rest
from lti_tool.sandbox.database import Database
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.plain import PLAIN, Form
from lti_tool.sandbox.forms.site import Site
from lti_tool.sandbox.key_ring import KeyRing
from lti_tool.sandbox.pages import admin_pages, course_pages, gradebook_pages, tool_pages, visitor
from lti_tool.sandbox.practice import EXTENSION, Practice, this_practice
from lti_tool.sandbox.secrets_store import keep_token
from lti_tool.sandbox.streams import StreamSender
from lti_tool.sandbox.times import Clock, system_clock
from lti_tool.sandbox.webhooks import WebhookSender

SERVICES = (
    access_tokens,
    ags,
    api,
    data_services,
    dynamic_registration,
    feed,
    notices,
    nrps,
    practice_api,
    rest,
    site_api,
)
PAGES = (oauth, oidc, deep_linking, visitor, course_pages, gradebook_pages, tool_pages, admin_pages)
OWN_SERVICES = (api, data_services, feed, practice_api, rest, site_api)
LARGEST_REQUEST = 1024 * 1024


def create_sandbox(
    data_dir: Path,
    base_url: str,
    *,
    form: Form = PLAIN,
    issuer: str = "",
    account_url: str = "",
    blocks_private_hosts: bool = False,
    clock: Clock = system_clock,
    start_sender: bool = True,
) -> Flask:
    """The practice LMS with its data in `data_dir` (made if need be), answering at `base_url`, behaving like `form`.

    `issuer` and `account_url` (where tools register) are `base_url` if empty. `blocks_private_hosts`: no key set
    is fetched from a private address. Starts the thread that sends webhooks unless told otherwise. Safe for a threaded
    server.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    base_url = base_url.rstrip("/")
    site = Site(base_url, account_url.rstrip("/") or base_url, issuer or base_url)
    _keep_to_one_form(data_dir, form)
    database = Database(data_dir / "practice.sqlite")
    with database.transaction() as connection:
        people.seed(connection)
    http = requests.Session()
    http.trust_env = False  # the tool is on this machine: no proxy, no .netrc
    http.headers["User-Agent"] = "practice-lms"
    sender = WebhookSender(database, http, clock, form, site)
    # As in Canvas, the key of the next month is listed already.
    streams = StreamSender(
        database, http, clock, lambda: KeyRing(_own_folder(data_dir, "data-services"), form.kid, ahead=1)
    )
    app = Flask(__name__)
    app.extensions[EXTENSION] = Practice(
        site=site,
        form=form,
        database=database,
        clock=clock,
        http=http,
        keys=KeyRing(data_dir, form.kid),
        api_token=keep_token(data_dir / "api-token"),
        sender=sender,
        streams=streams,
        blocks_private_hosts=blocks_private_hosts,
    )
    _add_pages(app, form, keep_token(data_dir / "session-secret"))
    if start_sender:
        sender.start()
        streams.start()
    return app


def _add_pages(app: Flask, form: Form, session_secret: str) -> None:
    """Services and pages, and what they all share."""
    app.config.update(
        SECRET_KEY=session_secret,
        SESSION_COOKIE_NAME="practice_lms",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    Bootstrap5(app)
    for module in (*SERVICES, *PAGES):
        app.register_blueprint(module.blueprint)
    routes.add(app, form)
    app.register_error_handler(PracticeError, _explain)
    app.register_error_handler(HTTPException, _explain_http)
    app.after_request(_secure)
    app.context_processor(_for_every_page)


def _own_folder(data_dir: Path, name: str) -> Path:
    folder = data_dir / name
    folder.mkdir(exist_ok=True)
    return folder


def _keep_to_one_form(data_dir: Path, form: Form) -> None:
    """The ids that tools have seen are those of one form. PracticeError for a folder that began with another."""
    marker, data = data_dir / "form", data_dir / "practice.sqlite"
    began = marker.read_text(encoding="utf-8") if marker.exists() else PLAIN.key if data.exists() else form.key
    if began != form.key:
        raise PracticeError("form.other", f"The data in {data_dir} are of a practice LMS of the form {began}.", 409)
    marker.write_text(form.key, encoding="utf-8")


def _is_for_programs() -> bool:
    return request.blueprint in {module.blueprint.name for module in SERVICES}


def _explain(error: PracticeError) -> tuple[Response | str, int, dict[str, str]]:
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if _is_for_programs():
        return _refuse_program(error), error.status, headers
    page = render_template("practice/error.html", message=error.message, code=error.code)
    return page, error.status, headers


def _refuse_program(error: PracticeError) -> Response:
    """A refusal in this LMS's own words, or from one of the LTI services in those of its form."""
    if request.blueprint in {module.blueprint.name for module in OWN_SERVICES}:
        return jsonify(error={"code": error.code, "message": error.message})
    return jsonify(this_practice().form.service_error(error, request.method, request.full_path.rstrip("?")))


def _explain_http(error: HTTPException) -> Any:
    status = error.code or 500
    return _explain(PracticeError(f"http.{status}", error.description or error.name, status))


def _secure(response: Response) -> Response:
    """A page loads nothing but its own files, frames only tools, and posts only to itself or a tool."""
    frames = " ".join(["'self'", *g.get("frame_origins", ())])
    forms = " ".join(["'self'", *g.get("form_origins", ())])
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
        f" connect-src 'self'; frame-src {frames}; form-action {forms}; frame-ancestors 'self';"
        " base-uri 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def _for_every_page() -> dict[str, Any]:
    """What the frame of every page shows: who one is, and the tools in the course menu."""
    with this_practice().database.reading() as connection:
        tools = registrations.listing(connection, active_only=True)
    return {
        "me": visitor.chosen_person(),
        "menu_tools": tools,
        "csrf_token": visitor.csrf_token,
        "form": this_practice().form,
    }
