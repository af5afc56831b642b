"""Parts of a page that follow the server (static/app/live.js)."""

from __future__ import annotations

import hashlib

from flask import Response, jsonify, request


def version_of(fragment: str) -> str:
    """Of what is shown: equal fragments look equal."""
    return hashlib.sha256(fragment.encode()).hexdigest()[:16]


def changed(fragment: str) -> Response:
    """The fragment anew, where it differs from what the page says that it shows."""
    version = version_of(fragment)
    return jsonify(version=version, html=None if request.form.get("version") == version else fragment)
