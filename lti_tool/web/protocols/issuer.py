"""What verifiers fetch: the issuer's DID document, keys and status lists, badge images and criteria.

A signed badge names these addresses for ever. They answer without cookies and without redirects (did:web readers
refuse to follow any), to every origin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.usecases.ports import Clock, Issuer, StatusList, Transactions, UnitOfWork
from lti_tool.web.present.brand import brand_css
from lti_tool.web.protocols.open_access import open_to_every_origin

DOCUMENT_MAX_AGE_S = 300
# Who keeps a copy sees a withdrawal within a minute too, the signing of the list included.
STATUS_MAX_AGE_S = 30
IMAGE_MAX_AGE_S = 31_536_000

PAGE_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
IMAGE_POLICY = "sandbox; default-src 'none'"
PROFILE_CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)

_NAME = re.compile(r"[A-Za-z0-9._~-]{1,128}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PublicDocuments:
    """Where the documents come from.

    `key_history(issuer)`: every key that ever signed for it, with those that were withdrawn.
    `did_document(issuer)`: did.json, `profile(issuer)`: its Open Badges 3.0 Profile. `key_document(issuer, kid)`: one
    JWK or Multikey, None for a kid that is not the issuer's.
    `achievement(id)`: an Open Badges 3.0 Achievement with its public members only, None where nothing of that id
    was ever published.
    """

    transactions: Transactions
    clock: Clock
    did_document: Callable[[Issuer], Mapping[str, Any]]
    profile: Callable[[Issuer], Mapping[str, Any]]
    key_history: Callable[[Issuer], Sequence[Mapping[str, Any]]]
    key_document: Callable[[Issuer, str], Mapping[str, Any] | None]
    achievement: Callable[[str], Mapping[str, Any] | None]


def issuer_blueprint(documents: PublicDocuments) -> Blueprint:
    """The public documents of every issuer of this tool."""
    blueprint = Blueprint(
        "issuer", __name__, template_folder="templates", static_folder="static", static_url_path="/public-static"
    )
    _add_identity(blueprint, documents)
    _add_status(blueprint, documents)
    _add_badges(blueprint, documents)
    blueprint.after_request(open_to_every_origin)
    blueprint.register_error_handler(BadgeToolError, _refused)
    return blueprint


def _add_identity(blueprint: Blueprint, documents: PublicDocuments) -> None:
    @blueprint.get("/issuers/<slug>/did.json")
    def did_json(slug: str) -> Response:
        return _document(documents.did_document(_issuer(documents, slug)))

    @blueprint.get("/issuers/<slug>/keys.json")
    def key_history(slug: str) -> Response:
        return _document({"keys": documents.key_history(_issuer(documents, slug))})

    @blueprint.get("/issuers/<slug>/keys/<kid>.json")
    def key(slug: str, kid: str) -> Response:
        found = documents.key_document(_issuer(documents, slug), kid) if _NAME.fullmatch(kid) else None
        if found is None:
            raise NotFound("issuer.key_unknown", "This issuer has no such key.")
        return _document(found)

    @blueprint.get("/issuers/<slug>")
    def profile(slug: str) -> Response:
        issuer = _issuer(documents, slug)
        if _wants_page():
            return _page("protocols/issuer.html", issuer=issuer)
        return _document({"@context": list(PROFILE_CONTEXTS), **documents.profile(issuer)}, vary=True)

    @blueprint.get("/issuers/<slug>/brand.css")
    def brand(slug: str) -> Response:
        response = Response(brand_css(_issuer(documents, slug)), mimetype="text/css")
        response.headers["Cache-Control"] = f"public, max-age={DOCUMENT_MAX_AGE_S}"
        return response


def _add_status(blueprint: Blueprint, documents: PublicDocuments) -> None:
    @blueprint.get("/issuers/<slug>/status/<list_id>")
    def status(slug: str, list_id: str) -> Response:
        with documents.transactions(write=False) as uow:
            issuer = _issuer_in(uow, slug)
            found = uow.status_lists.get(list_id) if _NAME.fullmatch(list_id) else None
        # A list from before there were several issuers names none.
        is_own = found is not None and found.tenant_id == issuer.tenant_id and found.issuer_slug in ("", slug)
        if found is None or found.document is None or not is_own:
            raise NotFound("status.unknown", "This issuer has no such status list.")
        response = Response(found.document, mimetype="application/vc")
        response.headers["Cache-Control"] = f"public, max-age={_status_age(found, documents.clock)}"
        response.add_etag()
        return _conditional(response)


def _add_badges(blueprint: Blueprint, documents: PublicDocuments) -> None:
    @blueprint.get("/images/<image_id>.png")
    def image(image_id: str) -> Response:
        with documents.transactions(write=False) as uow:
            png = uow.images.get(image_id) if _SHA256.fullmatch(image_id) else None
        if png is None:
            raise NotFound("image.unknown", "There is no such image.")
        response = Response(png, mimetype="image/png")
        # The address is the content's own hash: it never changes.
        response.headers["Cache-Control"] = f"public, max-age={IMAGE_MAX_AGE_S}, immutable"
        response.headers["Content-Security-Policy"] = IMAGE_POLICY
        response.set_etag(image_id)
        return _conditional(response)

    @blueprint.get("/achievements/<achievement_id>")
    def achievement(achievement_id: str) -> Response:
        found = documents.achievement(achievement_id) if _NAME.fullmatch(achievement_id) else None
        if found is None:
            raise NotFound("achievement.unknown", "There is no such badge.")
        if _wants_page():
            return _page("protocols/achievement.html", achievement=found)
        return _document({"@context": list(PROFILE_CONTEXTS), **found}, vary=True)


def _issuer(documents: PublicDocuments, slug: str) -> Issuer:
    with documents.transactions(write=False) as uow:
        return _issuer_in(uow, slug)


def _issuer_in(uow: UnitOfWork, slug: str) -> Issuer:
    issuer = uow.issuers.by_slug(slug) if _NAME.fullmatch(slug) else None
    if issuer is None:
        raise NotFound("issuer.unknown", "There is no such issuer here.")
    return issuer


def _status_age(found: StatusList, clock: Clock) -> int:
    """Seconds for which a copy may be kept: never beyond the list's own validity."""
    if found.valid_until is None:
        return 0
    left = int((found.valid_until - clock.now()).total_seconds())
    return max(0, min(STATUS_MAX_AGE_S, left))


def _wants_page() -> bool:
    """JSON unless a browser asks: verifiers often send no Accept header, or ``*/*``."""
    offered = ["application/json", "application/ld+json", "text/html"]
    return request.accept_mimetypes.best_match(offered, default="application/json") == "text/html"


def _document(document: Mapping[str, Any], *, vary: bool = False) -> Response:
    response = jsonify(document)
    response.headers["Cache-Control"] = f"public, max-age={DOCUMENT_MAX_AGE_S}"
    if vary:
        response.vary.add("Accept")
    return response


def _page(template: str, **values: object) -> Response:
    response = Response(render_template(template, **values), mimetype="text/html")
    response.headers["Cache-Control"] = f"public, max-age={DOCUMENT_MAX_AGE_S}"
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    response.vary.add("Accept")
    return response


def _conditional(response: Response) -> Response:
    response.make_conditional(request)
    return response


def _refused(error: BadgeToolError) -> tuple[Response, int]:
    response = jsonify(error=error.code, error_description=error.message)
    # A status list or an image may be published a moment later.
    response.headers["Cache-Control"] = "no-store"
    return response, error.status
