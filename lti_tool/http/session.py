"""A requests session with manners: limits, no proxies, no cookies, no surprises."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

from lti_tool.http.adapter import GuardedAdapter
from lti_tool.http.addresses import AddressPolicy
from lti_tool.http.deadline import deadline
from lti_tool.http.errors import HttpError, translate

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Limits of outgoing requests: times in seconds, sizes in bytes of the decoded body.

    `allowed_private_hosts` names, as ``host:port``, who may be private and without TLS (development only;
    ``*`` is everyone). `ca_bundle` is the path of a PEM file for an institution's own certificate authority.
    """

    connect_seconds: float = 3.0
    read_seconds: float = 8.0
    total_seconds: float = 10.0
    max_bytes: int = 4 * MIB
    user_agent: str = "lti-badges"
    follow_redirects: bool = False
    max_redirects: int = 3
    allowed_private_hosts: frozenset[str] = field(default_factory=frozenset)
    ca_bundle: str | None = None


class OutgoingHttp(requests.Session):
    """Safe to share between threads: it keeps no cookies and nothing in it changes after construction.

    Raises `HttpError` subclasses (see errors.py) in place of the plain `requests` exceptions.
    """

    def __init__(self, settings: HttpSettings | None = None) -> None:
        super().__init__()
        self._settings = settings or HttpSettings()
        self.trust_env = False  # no proxies, no .netrc, no CA bundle from the environment
        self.max_redirects = self._settings.max_redirects
        self.verify = self._settings.ca_bundle or True
        self.headers["User-Agent"] = self._settings.user_agent
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        adapter = GuardedAdapter(
            AddressPolicy(self._settings.allowed_private_hosts),
            total_seconds=self._settings.total_seconds,
            max_bytes=self._settings.max_bytes,
        )
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def with_limits(self, **changes: Any) -> OutgoingHttp:
        """Another way out with other limits (fields of HttpSettings), and the same guard."""
        return OutgoingHttp(replace(self._settings, **changes))

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """As in `requests`; redirects are followed only where the settings say so, each hop checked anew."""
        kwargs["allow_redirects"] = self._settings.follow_redirects and kwargs.get("allow_redirects", True)
        failure: HttpError
        try:
            with deadline(self._settings.total_seconds):
                return super().request(method, url, *args, **kwargs)
        except HttpError:
            raise
        except (requests.RequestException, UnicodeError) as error:
            failure = translate(error, url if isinstance(url, str) else None)
        raise failure

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Every request and redirect passes here; a caller may shorten the time limits, not lift them."""
        kwargs["timeout"] = self._within_limits(kwargs.get("timeout"))
        kwargs["proxies"] = {}
        return super().send(request, **kwargs)

    def _within_limits(self, wanted: Any) -> tuple[float, float]:
        connect, read = wanted if isinstance(wanted, tuple) else (wanted, wanted)
        return (
            min(connect or self._settings.connect_seconds, self._settings.connect_seconds),
            min(read or self._settings.read_seconds, self._settings.read_seconds),
        )


def make_session(settings: HttpSettings | None = None) -> OutgoingHttp:
    """The session that bootstrap.py hands to every adapter and to PyLTI1p3 (`requests_session=`)."""
    return OutgoingHttp(settings)
