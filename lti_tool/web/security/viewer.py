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

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.identity import Actor
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.domain.roles import CourseRole, course_role
from lti_tool.usecases.ports import LaunchSession
from lti_tool.usecases.receive_launch import secret_hash
from lti_tool.web.security.access import Permission, may, require
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
        return may(self.role, Permission(permission))


def require_viewer(services: PageServices, permission: Permission) -> Viewer:
    """The viewer of the request's session, if she is who launched and may do this.

    To be called first in every view below ``/s/<session_id>/``. GET is proved by the cookie, POST by the token.
    Raises `session.expired`, `session.not_yours` (401), `access.forbidden`, `access.no_course` (403).
    """
    session = services.find_session(str((request.view_args or {}).get("session_id", "")))
    registration = services.find_registration(session.registration_id) if session else None
    if session is None or registration is None or registration.state is not RegistrationState.ACTIVE:
        raise BadgeToolError("session.expired", "This page has expired.", status=401, hint=_RELOAD)
    g.frame_ancestors = frame_ancestors(registration, str(session.data.get("return_url") or ""))
    has_cookie = _cookie_matches(session)
    if not (has_cookie if request.method in ("GET", "HEAD") else _token_matches(session)):
        raise BadgeToolError(
            "session.not_yours", "This page was opened in another browser or window.", status=401, hint=_RELOAD
        )
    role = course_role(session.roles)
    require(role, permission)
    if not session.course_id and permission is not Permission.OPEN_TOOL:
        raise BadgeToolError("access.no_course", "Open LTI Badges from inside a course.", status=403)
    transport: Transport = "cookie" if has_cookie else "page"
    viewer = Viewer(session, registration, role, transport, services.page_token_for(session.id))
    g.viewer = viewer
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


def _cookie_matches(session: LaunchSession) -> bool:
    secret = read_browser_secret(request)
    if secret is None or not session.browser_hash:
        return False
    return hmac.compare_digest(secret_hash(secret), session.browser_hash)


def _token_matches(session: LaunchSession) -> bool:
    token = request.headers.get(PROOF_HEADER) or request.form.get(PROOF_FIELD, "")
    return hmac.compare_digest(secret_hash(token), session.token_hash)
