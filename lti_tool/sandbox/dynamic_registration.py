"""Dynamic Registration 1.0: what this platform offers, and the registration of a tool."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from lti_tool.sandbox import registrations, rules, scopes
from lti_tool.sandbox.errors import PracticeError
from lti_tool.sandbox.forms.metadata import MetadataRefused
from lti_tool.sandbox.forms.plain import PLATFORM_CONFIGURATION
from lti_tool.sandbox.practice import this_practice
from lti_tool.sandbox.registrations import EVENT_WEBHOOK, TOOL_CONFIGURATION

blueprint = Blueprint("dynamic_registration", __name__)


@blueprint.errorhandler(MetadataRefused)
def _refused(refusal: MetadataRefused) -> tuple[Response, int]:
    if refusal.body:
        return Response(refusal.body, content_type="text/html; charset=utf-8"), refusal.status
    return jsonify(error=refusal.error, error_description=str(refusal)), refusal.status


def configuration() -> Response:
    """The OpenID configuration of the form, and the offer to tell of events, which is this LMS's own in every form."""
    practice = this_practice()
    document = practice.form.configuration(practice.site)
    document[PLATFORM_CONFIGURATION][EVENT_WEBHOOK] = {
        "event_types": list(rules.EVENT_TYPES),
        "feed_scope": scopes.EVENTS,
        "feed_url": f"{practice.base_url}/lti/events",
    }
    return jsonify(document)


def register() -> tuple[Response, int]:
    """Registers a tool with a single-use token; it stays pending until an admin agrees.

    A refused answer does not spend the token, so that a tool can correct itself.
    """
    practice = this_practice()
    form = practice.form
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    with practice.database.transaction() as connection:
        registration_id = registrations.take_token(connection, token, practice.clock())
        if registration_id is None:
            raise form.token_unknown(registrations.token_used(connection, token))
        metadata = form.checked_metadata(request.get_json(silent=True))
        webhook = metadata[TOOL_CONFIGURATION].pop(EVENT_WEBHOOK, None) or {}
        try:
            client_id = form.new_client_id(registration_id)
            registration = registrations.answer(connection, registration_id, client_id, metadata, webhook)
        except PracticeError as error:
            raise MetadataRefused(error.message) from error
    return jsonify(form.registered(practice.site, registration)), form.registered_status
