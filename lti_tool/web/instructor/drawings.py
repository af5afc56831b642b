"""Drawn badges by address, for the editor's preview. They hold nothing of anybody, so any cache may keep them."""

from __future__ import annotations

from functools import lru_cache

from flask import Blueprint, Response, make_response

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.web.instructor.routes import register
from lti_tool.web.services import PageServices

_KEPT_IN_MEMORY = 128
_MAX_AGE_S = 7 * 24 * 3600


def add_routes(blueprint: Blueprint, services: PageServices) -> None:
    drawn = lru_cache(maxsize=_KEPT_IN_MEMORY)(services.draw_badge)

    def drawing(colour: str, shape: str, symbol: str) -> Response:
        """A PNG of the three choices."""
        try:
            png = drawn(f"{colour}/{shape}/{symbol}")
        except BadgeToolError as error:
            raise NotFound(error.code, error.message) from error
        response = make_response(png)
        response.headers["Content-Type"] = "image/png"
        response.headers["Cache-Control"] = f"public, max-age={_MAX_AGE_S}"
        return response

    register(blueprint, (("/draw/<colour>/<shape>/<symbol>.png", ("GET",), drawing),), prefix="")
