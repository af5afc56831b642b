"""Addresses of what every page loads, worked out once and not with every page: a launch is two pages in a moment."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, current_app, request, url_for
from markupsafe import Markup

# By where a reverse proxy has put the tool.
_REMEMBERED = 256


@lru_cache(maxsize=_REMEMBERED)
def _address(_root: str, filename: str) -> str:
    return url_for("static", filename=filename)


@lru_cache(maxsize=_REMEMBERED)
def _styles(_root: str) -> Markup:
    tag: Markup = current_app.extensions["bootstrap"].load_css()
    return tag


def add_assets(app: Flask) -> None:
    """Lets templates call `asset(filename)`, the address of one of our static files, and `styles()`, Bootstrap's."""
    app.add_template_global(lambda filename: _address(request.root_path, filename), "asset")
    app.add_template_global(lambda: _styles(request.root_path), "styles")
