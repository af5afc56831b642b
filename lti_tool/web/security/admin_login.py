"""The operator's sign-in: a signed cookie of its own, top level only, that no page in a frame ever sees."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request
from itsdangerous import BadData, URLSafeSerializer

from lti_tool.domain.errors import BadgeToolError, Forbidden

COOKIE = "ltib_admin"
CSRF_FIELD = "csrf"
LIFE = timedelta(hours=12)
_PATH = "/admin"


@dataclass(frozen=True, slots=True)
class AdminSession:
    """A signed-in operator. `csrf` stands in every form of her pages; no other site can read it."""

    csrf: str


class AdminLogin:
    """`secret` signs the cookie; `over_https` marks it Secure. Nothing is kept on the server."""

    def __init__(self, secret: bytes, clock: Callable[[], datetime], *, over_https: bool) -> None:
        self._serializer = URLSafeSerializer(secret, salt="lti-badges-admin")
        self._clock = clock
        self._over_https = over_https

    def start(self, response: Response) -> None:
        """Sets the cookie of a new sign-in."""
        until = int((self._clock() + LIFE).timestamp())
        value = self._serializer.dumps({"csrf": secrets.token_urlsafe(32), "until": until})
        response.set_cookie(
            COOKIE,
            str(value),
            max_age=int(LIFE.total_seconds()),
            path=_PATH,
            secure=self._over_https,
            httponly=True,
            samesite="Lax",
        )

    def end(self, response: Response) -> None:
        response.delete_cookie(COOKIE, path=_PATH, secure=self._over_https, httponly=True, samesite="Lax")

    def current(self) -> AdminSession | None:
        """Who the request's cookie says has signed in, while that lasts."""
        try:
            value = self._serializer.loads(request.cookies.get(COOKIE, ""))
        except BadData:
            return None
        if value["until"] <= self._clock().timestamp():
            return None
        return AdminSession(value["csrf"])

    def require_action(self) -> AdminSession:
        """For everything that changes something.

        Raises `admin.signed_out` (401), `csrf.missing`, `admin.form_expired` (403).
        """
        session = self.current()
        if session is None:
            raise BadgeToolError(
                "admin.signed_out", "You are signed out.", status=401, hint="Sign in again at /admin, then repeat it."
            )
        given = request.form.get(CSRF_FIELD, "")
        if not given:
            raise Forbidden(
                "csrf.missing",
                "This did not come from a page of LTI Badges, so nothing was changed.",
                "Load the page again, then repeat it.",
            )
        if not hmac.compare_digest(given.encode(), session.csrf.encode()):
            raise BadgeToolError(
                "admin.form_expired",
                "This form is out of date.",
                status=403,
                hint="Load the page again, then repeat it.",
            )
        return session
