"""Who looks at a page inside the platform's frame.

The session's id stands in the address and is no secret. What proves that a request comes from the browser that
launched is either the partitioned cookie, or, for browsers that keep no cookie in a frame, the token that stands in
the page. A request that changes something always carries the token: that is the protection against forged requests,
because no other site can read our page.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any, Literal

from flask import Response, g, redirect, request, url_for

from lti_tool.domain.duty import Duty
from lti_tool.domain.errors import BadgeToolError, Forbidden
from lti_tool.domain.identity import Actor
from lti_tool.domain.platform import Registration
from lti_tool.domain.roles import CourseRole, course_role
from lti_tool.usecases.ports import LaunchSession
from lti_tool.usecases.receive_launch import secret_hash
from lti_tool.web.security.access import Permission, asked_by, may, require
from lti_tool.web.security.browser_cookie import read_browser_secret
from lti_tool.web.security.csp import frame_ancestors
from lti_tool.web.services import PageServices

PROOF_FIELD = "launch_token"
PROOF_HEADER = "X-Launch-Token"
_RELOAD = "Open LTI Badges again from your course."

Transport = Literal["cookie", "page"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person in a course. `token` goes into every form of the page; `transport` says how links work."""

    session: LaunchSession
    registration: Registration
    role: CourseRole
    transport: Transport
    token: str
    duties: frozenset[Duty] = frozenset()

    @property
    def session_id(self) -> str:
        return self.session.id

    @property
    def course_id(self) -> str:
        return self.session.course_id

    @property
    def person_id(self) -> str:
        return self.session.person_id

    def may(self, permission: str) -> bool:
        """For templates: whether to offer something."""
        return may(self.role, Permission(permission), self.duties)


def admit(services: PageServices) -> None:
    """The gate before every view below ``/s/<session_id>/``: `current_viewer` is set, or nobody gets in.

    GET is proved by the cookie, POST by the token. What the view asks for stands in access.ASKED. Raises
    `session.expired`, `session.revoked`, `session.not_yours`, `session.launch_foreign` (401), `csrf.missing`,
    `authz.role`, `authz.no_course`, `authz.inactive` (403), and what Admission.check_names raises (404).
    """
    named = request.view_args or {}
    if "session_id" not in named:
        return
    session = services.find_session(str(named["session_id"]))
    if session is None:
        raise BadgeToolError("session.expired", "This page has expired.", status=401, hint=_RELOAD)
    standing = services.admission.standing(session)
    registration = standing.registration
    if registration is None:
        raise BadgeToolError(
            "session.revoked",
            "The connection of your course to LTI Badges was switched off.",
            status=401,
            hint="Ask the administrator of your learning platform.",
        )
    g.frame_ancestors = frame_ancestors(registration, str(session.data.get("return_url") or ""))
    has_cookie = _prove(session)
    role, permission = course_role(session.roles), asked_by(request.endpoint)
    require(role, permission, standing.duties)
    if not session.course_id and permission is not Permission.OPEN_TOOL:
        raise Forbidden("authz.no_course", "Open LTI Badges from inside a course.")
    if not standing.is_enrolled:
        raise Forbidden("authz.inactive", "You are no longer active in this course.", _RELOAD)
    transport: Transport = "cookie" if has_cookie else "page"
    token = services.page_token_for(session.id)
    g.viewer = Viewer(session, registration, role, transport, token, standing.duties)
    services.admission.check_names(
        session,
        achievement_id=str(named.get("achievement_id", "")),
        award_id=str(named.get("award_id", "")),
        own=permission is Permission.VIEW_OWN_BADGES,
    )


def current_viewer() -> Viewer:
    """Who looks at this page below ``/s/<session_id>/``; the gate has let her in."""
    viewer: Viewer = g.viewer
    return viewer


def actor(services: PageServices, viewer: Viewer) -> Actor:
    """The viewer as she stands in the history of what she does."""
    person = services.learner.all(viewer.course_id, viewer.person_id).person
    return Actor("person", person.id, person.name)


def go_to(viewer: Viewer, endpoint: str, **params: Any) -> Response:
    """The answer to an action: on to a view.

    Without a cookie the browser repeats the POST there (307), so that the token travels on in the body; the view
    ignores the action's other fields.
    """
    address = url_for(endpoint, session_id=viewer.session_id, **params)
    return redirect(address, 303 if viewer.transport == "cookie" else 307)  # type: ignore[return-value]


def _prove(session: LaunchSession) -> bool:
    """Whether the cookie is the session's. Raises unless cookie (GET) or token (POST) prove whose request it is."""
    secret = read_browser_secret(request)
    has_cookie = (
        secret is not None
        and bool(session.browser_hash)
        and hmac.compare_digest(secret_hash(secret), session.browser_hash)
    )
    token = request.headers.get(PROOF_HEADER) or request.form.get(PROOF_FIELD, "")
    changes = request.method not in ("GET", "HEAD")
    if has_cookie and not changes:
        return True
    if changes and token and hmac.compare_digest(secret_hash(token), session.token_hash):
        return has_cookie
    if has_cookie and not token:
        raise Forbidden("csrf.missing", "This did not come from a page of LTI Badges, so nothing was changed.", _RELOAD)
    if secret is not None or (changes and token):
        raise BadgeToolError(
            "session.launch_foreign", "This page belongs to another launch than yours.", status=401, hint=_RELOAD
        )
    raise BadgeToolError(
        "session.not_yours", "This page was opened in another browser or window.", status=401, hint=_RELOAD
    )
