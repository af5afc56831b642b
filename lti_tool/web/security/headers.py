"""Headers of every answer that has not set its own."""

from __future__ import annotations

from flask import Response, g, request

from lti_tool.web.security.csp import FRAMED_BY_ANYBODY, FRAMED_BY_NOBODY, content_security_policy

SESSION_PREFIX = "/s/"
_FEATURES_OFF = "camera=(), geolocation=(), microphone=(), payment=()"


def secure(response: Response) -> Response:
    """Policy, no guessing of types, no address in the Referer; nothing of a person stays in a cache."""
    headers = response.headers
    if "Content-Security-Policy" not in headers:
        headers["Content-Security-Policy"] = content_security_policy(
            _framed_by(), **({"form_action": g.form_action} if "form_action" in g else {})
        )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", _FEATURES_OFF)
    if not request.path.startswith("/static/") and request.blueprint != "bootstrap":
        headers.setdefault("Cache-Control", "no-store")
    return response


def _framed_by() -> tuple[str, ...]:
    if "frame_ancestors" in g:
        framed_by: tuple[str, ...] = g.frame_ancestors
        return framed_by
    # Whose frame an expired page stands in is not known any more, and its person must still be able to read it.
    return FRAMED_BY_ANYBODY if request.path.startswith(SESSION_PREFIX) else FRAMED_BY_NOBODY
