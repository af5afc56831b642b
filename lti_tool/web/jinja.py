"""Jinja as the pages use it."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class PageEnvironment(Environment):
    """Flask's, with globals that are one dictionary. Jinja lays a layer over them for each template, and every page
    then copies them one by one through it; no template of ours is loaded with globals of its own, which that is for."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals
