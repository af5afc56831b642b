"""OAuth 2.0 for the API: an administrator allows a tool to read, and it gets tokens for that.

https://developerdocs.instructure.com/services/canvas/oauth2/file.oauth_endpoints
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.sandbox import access_tokens
from lti_tool.sandbox.canvas_api import keys
from lti_tool.sandbox.canvas_api.keys import CODE_LIFE, TOKEN_LIFE, ApiKey
from lti_tool.sandbox.forms.canvas_people import local_id
from lti_tool.sandbox.pages.visitor import check_csrf, current_person
from lti_tool.sandbox.people import find
from lti_tool.sandbox.practice import this_practice
from lti_tool.sandbox.registrations import origin_of

blueprint = Blueprint("oauth", __name__)
blueprint.register_error_handler(access_tokens.TokenRefused, access_tokens.refused)


@blueprint.get("/login/oauth2/auth")
def ask() -> AnyResponse | str:
    """Asks the person whether the tool may read as she does. What is wrong with the key is shown here; the rest goes
    back to the tool."""
    if not this_practice().form.has_api:
        abort(404)
    person = current_person()
    key = _asked_key()
    asked = request.args.get("scope", "").split()
    unknown = key.scopes and (not asked or not set(asked) <= set(key.scopes))
    if request.args.get("response_type") != "code" or unknown:
        return _back(key, {"error": "invalid_scope" if unknown else "unsupported_response_type"})
    g.form_origins = [origin_of(key.redirect_uri)]
    return render_template("practice/allow_api.html", key=key, person=person, scopes=asked, asked=request.args)


@blueprint.post("/login/oauth2/accept")
def accept() -> AnyResponse:
    """She allowed it, or not."""
    check_csrf()
    person = current_person()
    practice = this_practice()
    key = _asked_key()
    if "allow" not in request.form:
        return _back(key, {"error": "access_denied"})
    with practice.database.transaction() as connection:
        scopes = request.form.get("scope", "").split()
        code = keys.give(connection, key, "code", person.id, scopes, practice.clock() + CODE_LIFE)
    return _back(key, {"code": code})


def _asked_key() -> ApiKey:
    with this_practice().database.reading() as connection:
        key = keys.find(connection, request.values.get("client_id", ""))
    if key is None or request.values.get("redirect_uri") != key.redirect_uri:
        abort(400, "redirect_uri does not match client settings")
    return key


def _back(key: ApiKey, answer: dict[str, str]) -> AnyResponse:
    state = request.values.get("state")
    told = answer | ({"state": state} if state is not None else {})
    return redirect(f"{key.redirect_uri}?{urlencode(told)}", 302)


def token() -> Response:
    """All grants of the one endpoint; a signed assertion is a tool's own and brings LTI scopes only."""
    grants = {"authorization_code": _by_code, "refresh_token": _by_refresh_token}
    grant = grants.get(request.form.get("grant_type", ""))
    if grant is None:
        return access_tokens.issue()
    practice = this_practice()
    with practice.database.reading() as connection:
        key = keys.find(connection, request.form.get("client_id", ""))
    if key is None or key.secret != request.form.get("client_secret"):
        return _refused("invalid_client", "unknown client", 401)
    return grant(key)


def _by_code(key: ApiKey) -> Response:
    practice = this_practice()
    code = request.form.get("code", "")
    with practice.database.transaction() as connection:
        given = keys.look_up(connection, "code", code, practice.clock())
        keys.forget(connection, code)
        if given is None or given["client_id"] != key.client_id:
            return _refused("invalid_grant", "authorization_code not found")
        refresh = keys.give(connection, key, "refresh", given["user_id"], given["scopes"], None)
    return _tokens(key, given) if given is None else _tokens(key, given, refresh_token=refresh)


def _by_refresh_token(key: ApiKey) -> Response:
    practice = this_practice()
    with practice.database.reading() as connection:
        given = keys.look_up(connection, "refresh", request.form.get("refresh_token", ""), practice.clock())
    if given is None or given["client_id"] != key.client_id:
        return _refused("invalid_grant", "refresh_token not found")
    return _tokens(key, given)


def _tokens(key: ApiKey, given: dict[str, Any], **more: str) -> Response:
    practice = this_practice()
    with practice.database.transaction() as connection:
        person = find(connection, given["user_id"])
        access = keys.give(connection, key, "access", person.id, given["scopes"], practice.clock() + TOKEN_LIFE)
    who = {"id": local_id(person), "name": person.name}
    seconds = int(TOKEN_LIFE.total_seconds())
    return jsonify({"access_token": access, "token_type": "Bearer", "user": who, "expires_in": seconds, **more})


def _refused(error: str, description: str, status: int = 400) -> Response:
    answer = jsonify(error=error, error_description=description)
    answer.status_code = status
    return answer
