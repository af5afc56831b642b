"""The cookie that recognises a browser inside the platform's frame. It says nothing of who is using it."""

from __future__ import annotations

import re

from flask import Request, Response
from werkzeug.http import dump_cookie

# __Host-: only this host can have set it. Partitioned: one jar for each platform that frames us, which is what
# browsers that block third-party cookies still keep (CHIPS). http://localhost counts as secure for browsers.
NAME = "__Host-ltib"
_LIFE_SECONDS = 12 * 3600
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def read_browser_secret(request: Request) -> str | None:
    """The cookie's value, if it is one that we could have set."""
    value = request.cookies.get(NAME, "")
    return value if _SECRET.fullmatch(value) else None


def set_browser_secret(response: Response, secret: str) -> None:
    """Sets the cookie, or renews it."""
    cookie = dump_cookie(
        NAME,
        secret,
        max_age=_LIFE_SECONDS,
        # The same as a date, for browsers from before RFC 6265. None of them has partitioned cookies.
        sync_expires=False,
        path="/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    response.headers.add("Set-Cookie", cookie)
