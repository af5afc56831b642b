"""Access to the services: client credentials with a signed assertion (Security Framework 1.0, 4.1)."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import jwt
from flask import Blueprint, Response, request

from lti_tool.sandbox import registrations, tool_tokens
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.practice import Practice, this_practice
from lti_tool.sandbox.registrations import Registration
from lti_tool.sandbox.times import stamp
from lti_tool.sandbox.tool_tokens import JwtRules

blueprint = Blueprint("access_tokens", __name__)
LIFETIME = timedelta(hours=1)
LONGEST_ASSERTION = timedelta(days=1)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenRefused(Exception):
    """An OAuth 2.0 error (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


@blueprint.errorhandler(TokenRefused)
def refused(refusal: TokenRefused) -> tuple[Response, int]:
    body = this_practice().form.token_error(refusal.error, refusal.description)
    return _json(body), refusal.status


def _json(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), content_type=f"{this_practice().form.token_media_type}; charset=utf-8")


def issue() -> Response:
    """An opaque bearer token for the scopes that were both asked for and granted."""
    practice = this_practice()
    if request.form.get("grant_type") != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "grant_type must be client_credentials")
    if request.form.get("client_assertion_type") != ASSERTION_TYPE:
        raise TokenRefused("invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}")
    registration = _authenticated(practice, request.form.get("client_assertion", ""))
    asked = request.form.get("scope", "").split()
    granted = [scope for scope in asked if scope in registration.scopes and scope in practice.form.scopes]
    if not granted:
        raise TokenRefused("invalid_scope", "none of these scopes is granted to the tool")
    token = practice.form.new_access_token()
    now = practice.clock()
    with practice.database.transaction() as connection:
        connection.execute("DELETE FROM access_tokens WHERE expires_at <= ?", (stamp(now),))
        connection.execute(
            "INSERT INTO access_tokens VALUES (?, ?, ?, ?)",
            (_hash(token), registration.id, " ".join(granted), stamp(now + LIFETIME)),
        )
    response = _json(
        {
            "access_token": token,
            "token_type": "Bearer",  # nosec B105: the name of a scheme
            "expires_in": int(LIFETIME.total_seconds()),
            "scope": " ".join(granted),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _authenticated(practice: Practice, assertion: str) -> Registration:
    claims: dict[str, Any]
    rules = practice.form.assertion
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise TokenRefused("invalid_request", "client_assertion is not a JWT") from error
    with practice.database.reading() as connection:
        registration = registrations.find_client(connection, str(claims.get("sub", "")))
    if registration is None or registration.state != "active":
        raise TokenRefused("invalid_client", "no active tool has this client id", rules.status)
    try:
        claims = tool_tokens.verify(practice, registration, assertion, _jwt_rules(practice))
    except tool_tokens.ToolTokenRefused as error:
        raise TokenRefused(rules.error, str(error), rules.status) from error
    if rules.once:
        _take_once(practice, registration, claims)
    return registration


def _jwt_rules(practice: Practice) -> JwtRules:
    rules = practice.form.assertion
    audiences = [f"{practice.base_url}{practice.form.paths.token}", practice.site.issuer]
    return JwtRules(
        audiences if rules.audience_checked else (),
        rules.required,
        rules.issuer_checked,
        rules.oldest,
        rules.most_ahead,
        rules.expired_since,
    )


def _take_once(practice: Practice, registration: Registration, claims: dict[str, Any]) -> None:
    now = practice.clock()
    if claims["exp"] > (now + LONGEST_ASSERTION).timestamp():
        raise TokenRefused("invalid_client", "exp is too far away", 401)
    with practice.database.transaction() as connection:
        identifier = f"jti:{claims['jti']}"
        if not tool_tokens.first_use(connection, registration.id, identifier, claims["exp"], now):
            raise TokenRefused("invalid_client", "this jti has been used", 401)


def authorize(*any_of: str) -> Registration:
    """The tool whose token came with the request and covers one of the scopes; PracticeError 401 or 403."""
    practice = this_practice()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    with practice.database.reading() as connection:
        row = connection.execute(
            "SELECT registration_id, scopes FROM access_tokens WHERE token_hash = ? AND expires_at > ?",
            (_hash(token.strip()), stamp(practice.clock())),
        ).fetchone()
        if scheme.lower() != "bearer" or row is None:
            raise PracticeError("token.invalid", "A valid access token is needed.", 401)
        if not set(any_of) & set(row["scopes"].split()):
            raise PracticeError(
                "token.scope", f"The access token lacks the scope {any_of[0]}.", practice.form.scope_missing_status
            )
        registration = registrations.find(connection, row["registration_id"])
    if registration.state != "active":
        raise PracticeError("token.invalid", "The tool is not active.", 401)
    return registration
