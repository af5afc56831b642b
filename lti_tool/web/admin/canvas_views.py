"""Canvas: second key. Its values go in, an administrator allows it in Canvas, and it is tested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from flask import Response, redirect, request, url_for

from lti_tool.lti.urls import web_address
from lti_tool.sources.canvas_rest import CALLS
from lti_tool.usecases.connect_canvas import CanvasAccess
from lti_tool.web.admin.shown import UNPROCESSABLE, show, to
from lti_tool.web.form_text import typed
from lti_tool.web.security.admin_login import AdminLogin, AdminSession
from lti_tool.web.services import PageServices

# RFC 6749, 4.1.2.1
_LACKS_A_SCOPE = "invalid_scope"


@dataclass(frozen=True, slots=True)
class CanvasForm:
    """`errors`: message by field ("canvas_url", "client_id", "client_secret")."""

    url: str
    client_id: str
    secret: str = field(default="", repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)


def read_form(form: Mapping[str, str], held: CanvasAccess) -> CanvasForm:
    """What was sent. An empty key keeps the stored one, but only for the client ID and the address it was given for:
    otherwise whoever may change the address could have it sent elsewhere."""
    url, client_id = typed(form, "canvas_url").rstrip("/"), typed(form, "client_id")
    secret = typed(form, "client_secret")
    errors = {}
    address = web_address(url)
    if address is None or address.query or address.fragment:
        errors["canvas_url"] = "Give the address of Canvas, such as https://school.instructure.com."
    if not client_id:
        errors["client_id"] = "Copy the ID of the key: it stands in the Details column of Developer Keys."
    if not secret and not (held.has_key and (held.url, held.client_id) == (url, client_id)):
        errors["client_secret"] = "Copy the key itself: “Show Key” in the same column."  # nosec B105 - a sentence
    return CanvasForm(url, client_id, secret, errors)


class CanvasPages:
    def __init__(self, services: PageServices, login: AdminLogin) -> None:
        self._services = services
        self._login = login

    def canvas(self, registration_id: str) -> Response:
        """The steps, and how far they are."""
        session = self._login.current()
        return self._page(session, registration_id) if session else to("admin.welcome")

    def _page(self, session: AdminSession, registration_id: str, sent: CanvasForm | None = None) -> Response:
        held = self._services.canvas.view(registration_id)
        return show(
            "admin/canvas.html",
            session,
            UNPROCESSABLE if sent else 200,
            access=held,
            form=sent or CanvasForm(held.url, held.client_id),
            calls=CALLS,
            redirect_uri={
                "key": "redirect-uri",
                "label": "Redirect URI",
                "text": self._services.canvas.redirect_uri,
            },
        )

    def save_canvas(self, registration_id: str) -> Response:
        """Stores the key. It goes in and never comes out again."""
        session = self._login.require_action()
        sent = read_form(request.form, self._services.canvas.view(registration_id))
        if sent.errors:
            return self._page(session, registration_id, sent)
        self._services.canvas.save_key(registration_id, sent.url, sent.client_id, sent.secret)
        return to("admin.canvas", registration_id=registration_id, done="canvas-key")

    def allow_canvas(self, registration_id: str) -> Response:
        """On to Canvas. A link and no form: a form may not lead to another site (CSP form-action)."""
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        return cast(Response, redirect(self._services.canvas.begin(registration_id, session.csrf), 303))

    def canvas_return(self) -> Response:
        """Back from Canvas, in the browser that went there."""
        session = self._login.current()
        if session is None:
            return to("admin.welcome")
        state, code, refusal = (request.args.get(name, "") for name in ("state", "code", "error"))
        if refusal == _LACKS_A_SCOPE:
            return cast(Response, redirect(self._services.canvas.ask_for_less(session.csrf, state), 303))
        registration_id = self._services.canvas.finish(session.csrf, state, code, refusal)
        # To another address at once, so that the code stays in no history.
        return to("admin.canvas", registration_id=registration_id, done="canvas-allowed")

    def test_canvas(self, registration_id: str) -> Response:
        self._login.require_action()
        self._services.canvas.test(registration_id)
        return cast(Response, redirect(url_for("admin.canvas", registration_id=registration_id) + "#state", 303))

    def stop_canvas(self, registration_id: str) -> Response:
        self._login.require_action()
        self._services.canvas.stop(registration_id)
        return to("admin.canvas", registration_id=registration_id, done="canvas-off")
