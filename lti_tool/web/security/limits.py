"""How often one address may ask, for pages that anybody can reach."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask
from flask.typing import RouteCallable
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from redis.backoff import NoBackoff
from redis.retry import Retry

# Guessing the operator's token or a page's link must be hopeless, a class that opens a link at once must get in. Each
# login that is begun leaves a row for an hour: a whole school behind one address may come at once, a flood may not.
LIMITS = {
    "lti.login": "1200 per minute",
    "lti.continue_login": "1200 per minute",
    "admin.sign_in": "10 per minute;60 per hour",
    "verify.page": "120 per minute",
    "verify.document": "120 per minute",
    # Each may fetch what others' badges name.
    "verify.answer": "30 per minute",
    "api_v1.verify": "30 per minute",
}


# No request waits longer than this for Redis.
WAITS: dict[str, Any] = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "retry": Retry(NoBackoff(), 0)}


def add_limits(app: Flask, storage: str) -> None:
    """Limits the endpoints of `LIMITS` that the app has. `storage` is memory:// or a redis:// address.

    While Redis is away each process counts by itself, and looks now and then whether it is back.
    """
    shared = not storage.startswith("memory")
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=storage,
        storage_options=dict(WAITS) if shared else {},
        strategy="fixed-window",
        headers_enabled=True,
        in_memory_fallback_enabled=shared,
    )
    for endpoint, limit in LIMITS.items():
        view = app.view_functions.get(endpoint)
        if view is not None:
            # The decorator keeps the view's signature; its types say that it might become asynchronous.
            app.view_functions[endpoint] = cast(RouteCallable, limiter.limit(limit)(view))
