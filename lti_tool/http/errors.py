"""What can go wrong on the way out.

Each error is both a `BadgeToolError` (stable code for logs and pages) and the `requests` exception that
library code such as PyLTI1p3 already catches. Messages name the host at most: no path, no query, no header.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ReadTimeoutError

from lti_tool.domain.errors import BadgeToolError


class HttpError(BadgeToolError, requests.RequestException):
    """Any failure of an outgoing request that ended without a usable response."""

    code_ = "http.failed"
    status_ = 502
    hint_ = ""

    def __init__(self, message: str) -> None:
        super().__init__(self.code_, message, status=self.status_, hint=self.hint_)


class AddressRefused(HttpError, requests.ConnectionError):
    """The host is, or resolves to, an address that is not on the public internet."""

    code_ = "http.address_refused"
    status_ = 422
    hint_ = "Use an address that is reachable on the public internet."


class SchemeRefused(HttpError, requests.exceptions.InvalidSchema):
    """The URL is not https."""

    code_ = "http.scheme_refused"
    status_ = 422
    hint_ = "Use an address that begins with https://."


class BadUrl(HttpError, requests.exceptions.InvalidURL):
    """The URL cannot be read as one, or carries a user name or password."""

    code_ = "http.bad_url"
    status_ = 422


class TooLarge(HttpError):
    """The answer is larger than the cap; what came of it was thrown away."""

    code_ = "http.too_large"


class HttpTimeout(HttpError, requests.Timeout):
    """The other side did not connect, answer or finish in time."""

    code_ = "http.timeout"
    status_ = 504


class Unreachable(HttpError, requests.ConnectionError):
    """No connection, a broken connection, or a certificate that does not verify."""

    code_ = "http.unreachable"


def host_of(url: str | None) -> str:
    """The host (and port) of `url` for a message; nothing else of it, as the rest may hold secrets."""
    try:
        parts = urlsplit(url or "")
        host, port = parts.hostname, parts.port
    except ValueError:
        return "the other side"
    if not host:
        return "the other side"
    return f"{host}:{port}" if port else host


def _is_read_timeout(error: Exception) -> bool:
    """Silence in the middle of a body: requests calls it a ConnectionError around urllib3's time-out."""
    return bool(error.args) and isinstance(error.args[0], ReadTimeoutError)


def translate(error: Exception, url: str | None) -> HttpError:
    """The error of this room for what `requests` raised, whose own text holds the URL and is dropped."""
    host = host_of(url)
    if isinstance(error, HttpError):
        return error
    if isinstance(error, requests.Timeout) or _is_read_timeout(error):
        return HttpTimeout(f"{host} did not answer in time.")
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable(f"The certificate of {host} does not verify, or TLS failed.")
    if isinstance(error, requests.exceptions.InvalidSchema):
        return SchemeRefused("Only https addresses are fetched.")
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.MissingSchema | ValueError):
        return BadUrl("This is not a web address that can be fetched.")
    if isinstance(error, requests.TooManyRedirects):
        return Unreachable(f"{host} redirects too often.")
    return Unreachable(f"{host} could not be reached, or broke the connection off.")
