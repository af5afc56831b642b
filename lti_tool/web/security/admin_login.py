"""The operator's sign-in: one token, one signed cookie, and a token in every form.

The administrator's pages stand at the top level, never in a platform's frame, so an ordinary cookie serves.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, g, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lti_tool.domain.errors import Forbidden
from lti_tool.web.services import PageServices

COOKIE = "ltib_admin"
LIFE_SECONDS = 12 * 3600
FORM_FIELD = "form_proof"


class AdminLogin:
    """Signs in and out, and guards views. The cookie names a random sign-in; its forms carry a keyed hash of it."""

    def __init__(self, services: PageServices) -> None:
        self._services = services
        self._serializer = URLSafeTimedSerializer(services.cookie_secret, salt="admin")

    def sign_in(self, response: Response) -> None:
        response.set_cookie(
            COOKIE,
            str(self._serializer.dumps(secrets.token_urlsafe(16))),
            max_age=LIFE_SECONDS,
            path="/admin",
            httponly=True,
            samesite="Lax",
            secure=self._services.base_url.startswith("https://"),
        )

    @staticmethod
    def sign_out(response: Response) -> None:
        response.delete_cookie(COOKIE, path="/admin")

    def form_proof(self) -> str | None:
        """What the forms of this sign-in carry; None for somebody who is not signed in."""
        try:
            name = self._serializer.loads(request.cookies.get(COOKIE, ""), max_age=LIFE_SECONDS)
        except BadSignature:
            return None
        return hmac.new(self._services.cookie_secret, str(name).encode(), hashlib.sha256).hexdigest()

    def guard(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """The view for an administrator; anybody else is sent to sign in. A POST must come from one of our forms."""

        @wraps(view)
        def guarded(**params: Any) -> Any:
            proof = self.form_proof()
            if proof is None:
                return redirect(url_for("admin.sign_in"), 303)
            if request.method == "POST" and not hmac.compare_digest(proof, request.form.get(FORM_FIELD, "")):
                raise Forbidden("admin.form_stale", "This form has expired.", "Load the page again.")
            g.form_proof = proof
            return view(**params)

        return guarded
