"""/b/<token>: what a stranger sees of a badge that its learner shares. /verify: badges that he brings."""

from __future__ import annotations

import re

from flask import Blueprint, Response, make_response, render_template, url_for

from lti_tool.domain.award import AwardState
from lti_tool.domain.errors import NotFound
from lti_tool.usecases.share_badge import SharedBadge
from lti_tool.web.errors import wants_json
from lti_tool.web.evidence_form import file_answer
from lti_tool.web.present.nominations import handed_in_rows
from lti_tool.web.present.times import day
from lti_tool.web.present.verdict import check_rows, date_in_words, is_signed_by_issuer, verdict
from lti_tool.web.services import PageServices
from lti_tool.web.verify.check_views import add_check_views

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


def make_blueprint(services: PageServices) -> Blueprint:
    """A stopped link and one that never was answer alike."""
    blueprint = Blueprint("verify", __name__)

    @blueprint.get("/b/<token>")
    def page(token: str) -> Response:
        shared = _shared(services, token)
        response = _document(shared) if wants_json() else _page(services, shared, token)
        response.vary.add("Accept")
        return response

    @blueprint.get("/b/<token>.json")
    def document(token: str) -> Response:
        response = _document(_shared(services, token))
        response.headers.set("Content-Disposition", "inline", filename="badge.json")
        return response

    @blueprint.get("/b/<token>.html")
    def offline(token: str) -> Response:
        """The page that checks the badge without any server, also one that was withdrawn: it says so."""
        name, media_type, content = services.offline_file(_shared(services, token).award.id)
        response = make_response(content)
        response.headers["Content-Type"] = media_type
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return response

    @blueprint.get("/b/<token>/evidence/<file_id>")
    def evidence_file(token: str, file_id: str) -> Response:
        """A file that the holder handed in, where she shows that."""
        return file_answer(services.evidence_file.shared(_checked(token), file_id))

    add_check_views(blueprint, services.check, services.find_issuer)
    return blueprint


def _shared(services: PageServices, token: str) -> SharedBadge:
    return services.share.show(_checked(token))


def _checked(token: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise NotFound("page.unknown", "This badge is not shared, or no longer.")
    return token


def _document(shared: SharedBadge) -> Response:
    """The credential as it was signed, to be checked with any other verifier."""
    response = make_response(shared.credential.document or "")
    response.headers["Content-Type"] = "application/json"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _page(services: PageServices, shared: SharedBadge, token: str) -> Response:
    award, facts = shared.award, shared.report.facts
    revoked = award.state is AwardState.REVOKED and award.revoked_at is not None
    judgement = verdict(
        shared.report,
        withdrawn_on=day(award.revoked_at) if revoked and award.revoked_at else "",
        withdrawn_because=award.revocation_reason,
        suspended_on=day(award.suspended_at) if award.suspended_at else "",
    )
    html = render_template(
        "verify/badge.html",
        shared=shared,
        facts=facts,
        verdict=judgement,
        brand=shared.issuer if is_signed_by_issuer(shared.report) else None,
        checks=check_rows(shared.report),
        awarded_on=date_in_words(facts.awarded_date) if facts else "",
        valid_until=date_in_words(facts.valid_until) if facts and facts.valid_until else "",
        holder=shared.holder_name or "its holder, who chose not to show a name",
        page_url=services.base_url + url_for("verify.page", token=token),
        picture_url=f"{services.base_url}/images/{shared.image_id}.png",
        issuer_host=_host(facts.issuer_id) if facts else "",
        handed_in=handed_in_rows(shared.handed_in),
    )
    return make_response(html)


def _host(issuer_id: str) -> str:
    """The web domain of a did:web issuer (did:web 1.0: the first part, a port percent-encoded)."""
    if not issuer_id.startswith("did:web:"):
        return ""
    return issuer_id.removeprefix("did:web:").split(":")[0].replace("%3A", ":").replace("%3a", ":")
