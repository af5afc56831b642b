"""Headers of every answer that has not set its own."""

from __future__ import annotations

from flask import Response, g, request

from lti_tool.web.security.csp import FRAMED_BY_ANYBODY, FRAMED_BY_NOBODY, content_security_policy

SESSION_PREFIX = "/s/"
_DEFAULTS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)


def secure(response: Response) -> Response:
    """Policy, no guessing of types, no address in the Referer; nothing of a person stays in a cache."""
    headers = response.headers
    # Read through once: each look for a header that is not there costs as much.
    set_already = {name.lower() for name, _ in headers}
    if "content-security-policy" not in set_already:
        headers["Content-Security-Policy"] = content_security_policy(
            _framed_by(), **({"form_action": g.form_action} if "form_action" in g else {})
        )
    for name, value in _DEFAULTS:
        if name.lower() not in set_already:
            headers.add(name, value)
    if "cache-control" not in set_already and not _is_file():
        headers.add("Cache-Control", "no-store")
    return response


def _is_file() -> bool:
    return request.path.startswith("/static/") or request.blueprint == "bootstrap"


def _framed_by() -> tuple[str, ...]:
    if "frame_ancestors" in g:
        framed_by: tuple[str, ...] = g.frame_ancestors
        return framed_by
    # Whose frame an expired page stands in is not known any more, and its person must still be able to read it.
    return FRAMED_BY_ANYBODY if request.path.startswith(SESSION_PREFIX) else FRAMED_BY_NOBODY
