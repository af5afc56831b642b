"""Answers of the operator's pages: a page with the notice of what was done, or the way to another."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, make_response, redirect, render_template, request, url_for

from lti_tool.web.security.admin_login import AdminSession

UNPROCESSABLE = 422
_SAID = {
    "approved": "The platform is active. Its people can open LTI Badges now.",
    "disabled": "The platform is disabled. Nobody can open LTI Badges from it until you approve it again.",
    "check": "The platform is being asked. Reload this page in a moment to see what it answered.",
    "deployment": "The deployment is accepted.",
    "entered": "Saved. The platform is connected with these values.",
    "halted": "Nothing is awarded or signed any more until you resume. Events are taken in as ever.",
    "resumed": "Badges are issued again. What came in meanwhile is being made up for.",
    "replayed": "It is being tried again. Reload this page in a moment.",
    "settled": "It is shown again only if it comes again.",
    "issuing": "From now on learners of this platform are awarded badges.",
    "not-issuing": "From now on nobody on this platform is awarded anything. Awards that were made stay.",
    "issuer-made": "The issuer is made.",
    "issuer-saved": "Saved. It stands in badges that are issued from now on.",
    "issuer-default": "It issues from now on wherever nothing else is chosen.",
    "issuers-chosen": "Saved. It is so for badges that are issued from now on.",
    "endorsed": "It is signed, and stands in badges that are issued from now on.",
    "endorsement-withdrawn": "No new badge carries it. Those that have it keep it.",
    "moodle": "Saved. The platform's courses are being read.",
    "moodle-off": "The web services are not read any more.",
    "stream": "The address is made. Paste it into a stream of Canvas Data Services, as it says below.",
    "canvas-key": "Saved. Now go on to Canvas and allow it.",
    "canvas-allowed": "Canvas has allowed it. The platform's courses are being read.",
    "canvas-off": "This Canvas is not read any more.",
    "source-retired": "The credential is retired. Nothing is accepted with it any more.",
    "signed-out": "You are signed out.",
}


def show(template: str, session: AdminSession, status: int = 200, **values: Any) -> Response:
    return make_response(render_template(template, csrf=session.csrf, notice=notice(), **values), status)


def notice() -> str:
    """What the page before this one did, in words of ours."""
    return _SAID.get(request.args.get("done", ""), "")


def to(endpoint: str, **values: Any) -> Response:
    return cast(Response, redirect(url_for(endpoint, **values), 303))
