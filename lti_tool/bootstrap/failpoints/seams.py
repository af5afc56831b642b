"""Puts failpoints at the seams of a house. Where none is armed, everything is handed back as it came."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar, cast

from lti_tool.bootstrap.failpoints.passing import Passing, PassingQueue, PassingTransactions, passing, use_case
from lti_tool.db.unit_of_work import SqlTransactions
from lti_tool.http import OutgoingHttp
from lti_tool.observability.failpoints import Watch

T = TypeVar("T")


class Seams:
    """`watch` is told of every point; None for every installation but that of a test."""

    def __init__(self, watch: Watch | None) -> None:
        self._watch = watch

    def transactions(self, inner: SqlTransactions) -> SqlTransactions:
        return cast(SqlTransactions, PassingTransactions(inner, self._watch)) if self._watch else inner

    def queue(self, inner: T) -> T:
        return cast(T, PassingQueue(inner, self._watch)) if self._watch else inner

    def signer(self, inner: T) -> T:
        return cast(T, Passing(inner, self._watch, "signer")) if self._watch else inner

    def http(self, session: OutgoingHttp) -> OutgoingHttp:
        """Every outgoing request: before it leaves, and when its answer is here."""
        if self._watch is not None:
            watch, send = self._watch, session.send

            def told(request: Any, **more: Any) -> Any:
                point = f"{use_case()}.http.{str(request.method).lower()}"
                return passing(watch, point, partial(send, request, **more))

            session.send = told  # type: ignore[method-assign]
        return session

    def site(self, app: Any) -> Any:
        """The web application: before a request is looked at, and when its answer is made and not yet sent."""
        if self._watch is not None:
            watch, answer = self._watch, app.wsgi_app

            def told(environ: dict[str, Any], start_response: Any) -> Any:
                point = f"web.{environ.get('PATH_INFO', '').strip('/').partition('/')[0] or 'root'}"
                return passing(watch, point, partial(answer, environ, start_response))

            app.wsgi_app = told
        return app
