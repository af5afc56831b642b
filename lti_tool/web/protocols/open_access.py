"""Headers of what any program on the web may fetch: no cookies are read, so every origin may read the answer."""

from __future__ import annotations

from flask import Response

PREFLIGHT_S = 3600


def open_to_every_origin(response: Response) -> Response:
    """Adds CORS for all origins, preflight answers, and what keeps browsers from guessing types."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_S)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
