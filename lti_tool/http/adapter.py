"""The requests adapter that judges the URL, opens guarded connections and reads answers with a limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from lti_tool.http.addresses import AddressPolicy
from lti_tool.http.connection import pool_classes
from lti_tool.http.deadline import Deadline, deadline
from lti_tool.http.errors import (
    AddressRefused,
    BadUrl,
    HttpTimeout,
    SchemeRefused,
    TooLarge,
    host_of,
    translate,
)
from lti_tool.http.resolve import NotPublic

_CHUNK = 16 * 1024
_DEFAULT_PORTS = {"http": 80, "https": 443}


class GuardedAdapter(HTTPAdapter):
    """`total_seconds` for connecting, sending and reading together; `max_bytes` of the decoded body."""

    def __init__(self, policy: AddressPolicy, *, total_seconds: float, max_bytes: int) -> None:
        self._policy = policy
        self._total_seconds = total_seconds
        self._max_bytes = max_bytes
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = pool_classes(self._policy)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Sends and reads the whole answer. A proxy is never used: it would resolve the name in our place."""
        self._check_url(request.url or "")
        failure: Exception
        try:
            with deadline(self._total_seconds) as running:
                try:
                    if running.passed:  # whoever asks was frozen on the way: nothing leaves any more
                        raise HttpTimeout(f"{host_of(request.url)} was not asked in time.")
                    response = super().send(request, True, timeout, verify, cert, None)
                    return self._read(response, running)
                except (RequestException, HTTPError, OSError, ValueError) as error:
                    failure = error
                if running.passed:
                    failure = HttpTimeout(f"{host_of(request.url)} did not finish in time.")
        except NotPublic:
            failure = AddressRefused(f"{host_of(request.url)} is not an address on the public internet.")
        # Raised outside the except blocks: a chained urllib3 error would carry the whole URL into logs.
        raise translate(failure, request.url)

    def _check_url(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
        except ValueError:
            raise BadUrl("This is not a web address that can be fetched.") from None
        if scheme not in _DEFAULT_PORTS or (
            scheme == "http" and not self._policy.trusts(host, port or _DEFAULT_PORTS[scheme])
        ):
            raise SchemeRefused("Only https addresses are fetched.")

    def _read(self, response: Response, running: Deadline) -> Response:
        """Reads the body up to the cap. What is decoded counts, so that a compressed bomb is cut as well."""
        body = bytearray()
        try:
            for chunk in response.iter_content(_CHUNK):
                body += chunk
                if len(body) > self._max_bytes:
                    raise TooLarge(f"{host_of(response.url)} sent more than {self._max_bytes} bytes.")
                if running.passed:
                    break
        except BaseException:
            response.close()  # unread bytes must not reach the next request on this connection
            raise
        if running.passed:  # a cut connection looks like the end of a body that has no length
            response.close()
            raise HttpTimeout(f"{host_of(response.url)} did not finish in time.")
        response._content = bytes(body)
        return response
