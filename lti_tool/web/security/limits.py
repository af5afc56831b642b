"""How often one address may ask, for pages that anybody can reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from flask import Flask, current_app, request
from limits import RateLimitItem, parse_many
from limits.storage import Storage, storage_from_string
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.exceptions import TooManyRequests

from lti_tool.domain.errors import BadgeToolError
from lti_tool.web.security.counters import Hits

# Guessing the operator's token or a page's link must be hopeless, a class that opens a link at once must get in. A
# login that is begun costs an answer and no row: a whole school behind one address may come at once, a flood may not.
LIMITS = {
    "lti.login": "1200 per minute",
    "lti.continue_login": "1200 per minute",
    "admin.sign_in": "10 per minute;60 per hour",
    "verify.page": "120 per minute",
    "verify.document": "120 per minute",
    "verify.offline": "120 per minute",
    # Each may fetch what others' badges name.
    "verify.answer": "30 per minute",
    "api_v1.verify": "30 per minute",
    # Each with a key; guessing one must be hopeless, and a suite of tests must get through.
    "vc_api.issue": "600 per minute",
    "vc_api.verify": "600 per minute",
    "vc_api.verify_presentation": "600 per minute",
}

# A picture costs a process of its own and a place in the database. Nobody's badges need more.
UPLOADS = "60 per hour"
_HITS = "lti_badges_hits"

# No request waits longer than this for Redis.
WAITS: dict[str, Any] = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "retry": Retry(NoBackoff(), 0)}


def add_limits(app: Flask, storage: str) -> None:
    """Limits the endpoints of `LIMITS` that the app has. `storage` is memory:// or a redis:// address.

    While Redis is away each process counts by itself, and looks now and then whether it is back.
    """
    in_process = storage.startswith("memory")
    hits = Hits(None if in_process else cast(Storage, storage_from_string(storage, wrap_exceptions=True, **WAITS)))
    app.extensions[_HITS] = hits
    for endpoint, limit in LIMITS.items():
        view = app.view_functions.get(endpoint)
        if view is not None:
            app.view_functions[endpoint] = _limited(view, hits, parse_many(limit), endpoint)


def admit_upload(person_id: str) -> None:
    """Counts a file that somebody sent, before anything is made of it. Raises `upload.too_many` (429)."""
    hits: Hits = current_app.extensions[_HITS]
    for limit in parse_many(UPLOADS):
        if not hits.hit(limit, "upload", person_id):
            minutes = hits.seconds_left(limit, "upload", person_id) // 60 + 1
            message = f"You have sent {limit.amount} files within an hour."
            raise BadgeToolError("upload.too_many", message, status=429, hint=f"Wait {minutes} minutes.")


def _limited(
    view: Callable[..., Any], hits: Hits, limits: Sequence[RateLimitItem], endpoint: str
) -> Callable[..., Any]:
    """The view, asked as often as all `limits` allow; raises TooManyRequests with the seconds to wait."""

    @wraps(view)
    def limited(*args: Any, **values: Any) -> Any:
        who = (endpoint, request.remote_addr or "")
        for limit in limits:
            if not hits.hit(limit, *who):
                raise TooManyRequests(retry_after=hits.seconds_left(limit, *who))
        return view(*args, **values)

    return limited
