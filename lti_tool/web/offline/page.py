"""The file, put together: the badge, the issuer's keys as they were known on this day, and the program that checks."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from flask import render_template
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class OfflineBadge:
    """All that the file knows.

    `jwt` is the badge in the form that browsers can check by themselves (RS256, ES256 or EdDSA, WebCrypto). `keys` are
    JWKs with `kid` and `controller`: every key that ever signed for the issuer. `withdrawn` is what was known at
    `known_at`.
    """

    name: str
    jwt: str
    issuer_id: str
    keys: tuple[dict[str, Any], ...]
    picture: bytes
    known_at: datetime
    withdrawn: bool
    verify_url: str


def offline_page(badge: OfflineBadge) -> bytes:
    """A whole HTML document, UTF-8, that loads nothing."""
    data = {
        "jwt": badge.jwt,
        "issuer": badge.issuer_id,
        "keys": badge.keys,
        "knownAt": badge.known_at.isoformat(timespec="seconds"),
        "withdrawn": badge.withdrawn,
    }
    picture = f"data:image/png;base64,{b64encode(badge.picture).decode()}"
    html = render_template(
        "offline/page.html", badge=badge, data=data, picture=picture, program=_own("check.js"), style=_own("page.css")
    )
    return html.encode()


@cache
def _own(name: str) -> Markup:
    """A file of this room as it is: it is ours, and holds nothing of any badge."""
    text = files(__package__).joinpath(name).read_text("utf-8")
    return Markup(text)  # nosec B704 - a file of the package
