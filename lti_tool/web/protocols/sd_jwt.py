"""What readers of SD-JWT badges fetch: the issuer's keys, the type, the status list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.usecases.ports import Issuer, StatusList, Transactions, UnitOfWork
from lti_tool.web.protocols.open_access import open_to_every_origin

MAX_AGE_S, STATUS_MAX_AGE_S = 300, 30
_NAME = re.compile(r"[A-Za-z0-9._~-]{1,128}")


@dataclass(frozen=True, slots=True)
class SdJwtDocuments:
    """`issuer_metadata(issuer)`: with ``jwks``. `status_list(issuer, list)`: a compact JWT."""

    transactions: Transactions
    issuer_metadata: Callable[[Issuer], Mapping[str, Any]]
    status_list: Callable[[Issuer, StatusList], str]
    type_metadata: Callable[[], Mapping[str, Any]]


def sd_jwt_blueprint(documents: SdJwtDocuments) -> Blueprint:
    """Public, without cookies and without redirects, to every origin."""
    blueprint = Blueprint("sd_jwt", __name__)

    # The well-known part goes between host and path (draft-ietf-oauth-sd-jwt-vc, 5.1).
    @blueprint.get("/.well-known/jwt-vc-issuer/issuers/<slug>")
    def issuer_metadata(slug: str) -> Response:
        with documents.transactions(write=False) as unit:
            issuer = _issuer(unit, slug)
        return _kept(jsonify(documents.issuer_metadata(issuer)))

    @blueprint.get("/issuers/<slug>/jwks.json")
    def jwks(slug: str) -> Response:
        with documents.transactions(write=False) as unit:
            issuer = _issuer(unit, slug)
        return _kept(jsonify(documents.issuer_metadata(issuer)["jwks"]))

    @blueprint.get("/credential-types/open-badge")
    def credential_type() -> Response:
        return _kept(jsonify(documents.type_metadata()))

    @blueprint.get("/issuers/<slug>/token-status/<list_id>")
    def token_status(slug: str, list_id: str) -> Response:
        with documents.transactions(write=False) as unit:
            issuer = _issuer(unit, slug)
            found = unit.status_lists.get(list_id) if _NAME.fullmatch(list_id) else None
        if found is None or found.tenant_id != issuer.tenant_id or found.issuer_slug not in ("", slug):
            raise NotFound("status.unknown", "This issuer has no such status list.")
        # draft-ietf-oauth-status-list, 8.1.
        token = Response(documents.status_list(issuer, found), content_type="application/statuslist+jwt")
        return _kept(token, STATUS_MAX_AGE_S)

    blueprint.after_request(open_to_every_origin)
    blueprint.register_error_handler(BadgeToolError, _refused)
    return blueprint


def _issuer(unit: UnitOfWork, slug: str) -> Issuer:
    issuer = unit.issuers.by_slug(slug) if _NAME.fullmatch(slug) else None
    if issuer is None:
        raise NotFound("issuer.unknown", "There is no such issuer here.")
    return issuer


def _kept(response: Response, seconds: int = MAX_AGE_S) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


def _refused(error: BadgeToolError) -> tuple[Response, int]:
    response = jsonify(error=error.code, error_description=error.message)
    response.headers["Cache-Control"] = "no-store"
    return response, error.status
