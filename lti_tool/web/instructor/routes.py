"""How the rooms of the instructor's blueprint register their views."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint

# A view is shown by GET where the browser keeps our cookie, else by POST with the token in the form.
VIEW = ("GET", "POST")
ACTION = ("POST",)
IN_COURSE = "/s/<session_id>"

Route = tuple[str, tuple[str, ...], Callable[..., Any]]


def register(blueprint: Blueprint, routes: Iterable[Route], prefix: str = IN_COURSE) -> None:
    """Adds each (rule, methods, view) under the view's own name."""
    for rule, methods, view in routes:
        blueprint.add_url_rule(f"{prefix}{rule}", view.__name__, view, methods=list(methods))
