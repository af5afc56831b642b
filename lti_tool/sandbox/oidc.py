"""The platform's side of a launch: keys, and the authorization endpoint (Security Framework 1.0, 5.1.1)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request, session

from lti_tool.sandbox import claims, deep_linking, launches, links, people, registrations
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.practice import Practice, this_practice
from lti_tool.sandbox.registrations import Registration, origin_of

blueprint = Blueprint("oidc", __name__)


class AuthenticationRefused(Exception):
    """An OpenID Connect error that the tool is told of at its redirect_uri."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


def jwks() -> Response:
    """The keys that launches are signed with."""
    response = jsonify(this_practice().keys.jwks())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def authenticate() -> Response:
    """Answers an authentication request with a form that posts the id_token to the tool.

    Nothing is ever posted to an address that the tool has not registered.
    """
    practice = this_practice()
    asked = request.values
    with practice.database.reading() as connection:
        registration = registrations.find_client(connection, asked.get("client_id", ""))
    if registration is None:
        raise PracticeError("auth.client_unknown", "No external tool has this client_id.")
    redirect_uri = asked.get("redirect_uri", "")
    if not practice.form.accepts_redirect(registration.metadata["redirect_uris"], redirect_uri):
        raise PracticeError("auth.redirect_uri", "The tool has not registered this redirect_uri.")
    try:
        answer = _id_token(practice, registration)
    except AuthenticationRefused as refusal:
        answer = {"error": refusal.error, "error_description": refusal.description}
    if "state" in asked:
        answer["state"] = asked["state"]
    return form_post(redirect_uri, answer)


def form_post(url: str, fields: dict[str, str]) -> Response:
    """A page that posts `fields` to `url` by itself, with a button where scripts are off."""
    g.form_origins = [origin_of(url)]
    response = make_response(render_template("practice/form_post.html", url=url, fields=fields))
    response.headers["Cache-Control"] = "no-store"
    return response


def _id_token(practice: Practice, registration: Registration) -> dict[str, str]:
    asked = request.values
    refusal = practice.form.refusal(asked)
    if refusal is not None:
        raise AuthenticationRefused(*refusal)
    if registration.state != "active":
        raise AuthenticationRefused("unauthorized_client", "the tool is waiting for the administrator")
    now = practice.clock()
    with practice.database.transaction() as connection:
        hint = launches.take_hint(connection, asked.get("lti_message_hint", ""), now)
    if hint is None or hint.registration_id != registration.id:
        raise AuthenticationRefused(practice.form.hint_gone, "lti_message_hint is unknown, used or expired")
    # The cookie is missing when the frame comes back from another site; where it is there, it must agree.
    is_hinted = asked.get("login_hint") == practice.form.login_hint(hint.user_id)
    if not is_hinted or session.get("person", hint.user_id) != hint.user_id:
        raise AuthenticationRefused("login_required", "login_hint is not the person who began the launch")
    issued_at = int(now.timestamp())
    token = {
        "iss": practice.site.issuer,
        "aud": registration.client_id,
        "iat": issued_at,
        "exp": issued_at + practice.form.id_token_seconds,
        "nonce": asked["nonce"],
        **_message(practice, registration, hint),
    }
    if practice.form.sends_azp:
        token["azp"] = registration.client_id
    answer = {"id_token": practice.keys.sign(token)}
    if hint.document_target == "iframe" and practice.form.storage_target:
        answer["lti_storage_target"] = practice.form.storage_target
    return answer


def _message(practice: Practice, registration: Registration, hint: launches.Hint) -> dict[str, Any]:
    with practice.database.transaction() as connection:
        person = people.find(connection, hint.user_id)
        if not person.active:
            raise AuthenticationRefused("login_required", "the person is suspended from the course")
        link = None
        if not claims.is_deep_linking(hint):
            link = links.find(connection, registration, hint.resource_link_id)
            if link is None:
                raise AuthenticationRefused("invalid_request", "the link has been removed")
        message = claims.message(connection, practice.form, practice.site, registration, person, link, hint)
        if link is None:
            data = deep_linking.open_request(connection, registration.id, practice.clock())
            message[deep_linking.DL_CLAIM + "deep_linking_settings"] = practice.form.deep_linking_settings(
                practice.site, data
            )
        return message
