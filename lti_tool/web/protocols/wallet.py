"""OpenID4VCI 1.0 over HTTP: offers, metadata, token, nonce, credential, notification."""

from __future__ import annotations

import json
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.delivery.openid4vci import WalletDesk
from lti_tool.delivery.openid4vci.access import bearer
from lti_tool.delivery.openid4vci.metadata import authorization_server_metadata, issuer_metadata
from lti_tool.delivery.openid4vci.refusal import (
    WalletRefusal,
    invalid_request,
    invalid_token,
)
from lti_tool.domain.errors import BadgeToolError
from lti_tool.web.protocols.open_access import open_to_every_origin

MAX_BODY = 64 * 1024
METADATA_MAX_AGE_S = 300

log = structlog.get_logger(__name__)


def wallet_blueprint(desk: WalletDesk) -> Blueprint:
    """All endpoints of the wallet protocol. They take no cookie, so they need no CSRF protection."""
    blueprint = Blueprint("wallet", __name__)
    _add_offer(blueprint, desk)
    _add_metadata(blueprint, desk)
    _add_token(blueprint, desk)
    _add_credential(blueprint, desk)
    blueprint.before_request(_limit_body)
    blueprint.after_request(_finish)
    blueprint.register_error_handler(BadgeToolError, _refused)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
    return blueprint


def _add_offer(blueprint: Blueprint, desk: WalletDesk) -> None:
    @blueprint.get("/wallet/offers/<offer_id>")
    def offer(offer_id: str) -> Response:
        # Asked for as a signed JWT only, there is nothing to answer with: offers are plain JSON (4.1.3).
        if request.accept_mimetypes and not request.accept_mimetypes.accept_json:
            raise BadgeToolError("wallet.offer_format", "Offers are served as application/json.", status=406)
        return jsonify(desk.offers.document(offer_id))


def _add_metadata(blueprint: Blueprint, desk: WalletDesk) -> None:
    # The well-known part goes between host and path (OpenID4VCI 1.0, 12.2.2; RFC 8414 3.1). Wallets of earlier
    # drafts append it to the path.
    @blueprint.get("/.well-known/openid-credential-issuer/issuers/<slug>")
    @blueprint.get("/issuers/<slug>/.well-known/openid-credential-issuer")
    def credential_issuer(slug: str) -> Response:
        with desk.context.transactions(write=False) as uow:
            issuer = desk.context.issuer(uow, slug)
        return _metadata(issuer_metadata(issuer, desk.context.issuer_url(slug)))

    @blueprint.get("/.well-known/oauth-authorization-server/issuers/<slug>")
    @blueprint.get("/issuers/<slug>/.well-known/oauth-authorization-server")
    def authorization_server(slug: str) -> Response:
        with desk.context.transactions(write=False) as uow:
            desk.context.issuer(uow, slug)
        return _metadata(authorization_server_metadata(desk.context.issuer_url(slug)))


def _add_token(blueprint: Blueprint, desk: WalletDesk) -> None:
    @blueprint.post("/issuers/<slug>/token")
    def token(slug: str) -> Response:
        if request.mimetype != "application/x-www-form-urlencoded":
            raise invalid_request("content_type", "The request must be application/x-www-form-urlencoded.")
        return jsonify(desk.tokens.redeem(slug, request.form.items(multi=True)))

    @blueprint.post("/issuers/<slug>/nonce")
    def nonce(slug: str) -> Response:
        return jsonify(desk.nonces.issue(slug))


def _add_credential(blueprint: Blueprint, desk: WalletDesk) -> None:
    @blueprint.post("/issuers/<slug>/credential")
    def credential(slug: str) -> Response:
        access_token = _access_token()
        if request.mimetype == "application/jwt":
            # An encrypted request. It is not opened: what comes out of a JWE may be a thousand times as long.
            raise WalletRefusal("invalid_encryption_parameters", "encryption", "Requests are not encrypted here.")
        return jsonify(desk.credentials.issue(slug, access_token, _json_object("invalid_credential_request")))

    @blueprint.post("/issuers/<slug>/notification")
    def notification(slug: str) -> Response:
        desk.notifications.note(slug, _access_token(), _json_object("invalid_notification_request"))
        return Response(status=204)


def _access_token() -> str:
    if "access_token" in request.args:
        # RFC 6750 2.3: an address ends up in logs and histories.
        raise invalid_token("token_in_address")
    return bearer(request.headers.get("Authorization"))


def _json_object(error: str) -> dict[str, Any]:
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        body = None
    if request.mimetype != "application/json" or not isinstance(body, dict):
        raise WalletRefusal(error, "unreadable", "The request must be a JSON object, as application/json.")
    return body


def _metadata(document: dict[str, Any]) -> Response:
    response = jsonify(document)
    response.headers["Cache-Control"] = f"public, max-age={METADATA_MAX_AGE_S}"
    return response


def _limit_body() -> None:
    request.max_content_length = MAX_BODY


def _finish(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    return open_to_every_origin(response)


def _refused(error: BadgeToolError) -> tuple[Response, int]:
    """The protocol's JSON error. The log names our code, never what the wallet sent."""
    log.info("wallet.refused", code=error.code, status=error.status, endpoint=request.endpoint)
    if isinstance(error, WalletRefusal):
        response = jsonify(error.body())
        if error.status == 401:
            response.headers["WWW-Authenticate"] = f'Bearer error="{error.error}"'
    else:
        response = jsonify(error=error.code, error_description=error.message)
    return response, error.status


def _too_large(_error: RequestEntityTooLarge) -> tuple[Response, int]:
    return jsonify(invalid_request("too_large", "The request is too large.").body()), 413
