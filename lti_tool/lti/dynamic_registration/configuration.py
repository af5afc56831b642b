"""What a platform says of itself: its OpenID configuration, fetched and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from lti_tool.http.errors import AddressRefused, BadUrl, HttpError, SchemeRefused
from lti_tool.lti.claims import EVENT_WEBHOOK, PLATFORM_CONFIGURATION
from lti_tool.lti.dynamic_registration.errors import registration_error
from lti_tool.lti.platform_hosts import belongs_together
from lti_tool.lti.platforms import Quirks, quirks_of
from lti_tool.lti.urls import same_site, web_address

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")


@dataclass(frozen=True, slots=True)
class EventOffer:
    """The event-webhook extension, where a platform has it: what it sends, and a feed to ask it for the same."""

    event_types: tuple[str, ...]
    feed_url: str
    feed_scope: str


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """A checked configuration. Empty tuples where the platform does not say what it supports."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    audience: str
    product: str
    version: str
    scopes: tuple[str, ...]
    claims: tuple[str, ...]
    messages: tuple[str, ...]
    variables: tuple[str, ...]
    events: EventOffer | None

    @property
    def quirks(self) -> Quirks:
        return quirks_of(self.product)


def fetch_configuration(http: requests.Session, url: str) -> PlatformConfiguration:
    """Fetches and checks the document at `url`, an address that came from a browser.

    Raises BadgeToolError `registration.*`: url_scheme, url_forbidden, unreachable, configuration_invalid,
    issuer_mismatch, endpoint_foreign.
    """
    if web_address(url) is None:
        raise registration_error("url_scheme", "The platform's configuration must be an https address.")
    return read_configuration(fetch_json(http, "GET", url), url)


def fetch_json(http: requests.Session, method: str, url: str, **arguments: Any) -> dict[str, Any]:
    """The JSON object a platform answers with; raises `registration.*`."""
    try:
        response = http.request(method, url, allow_redirects=False, **arguments)
    except (AddressRefused, SchemeRefused, BadUrl) as error:
        raise registration_error("url_forbidden", error.message, hint=error.hint) from error
    except HttpError as error:
        raise registration_error("unreachable", error.message, status=error.status) from error
    if not 200 <= response.status_code < 300:
        raise registration_error(
            "refused_by_platform", f"The platform answered with HTTP {response.status_code}.", status=502
        )
    try:
        body = response.json()
    except ValueError as error:
        raise registration_error("response_invalid", "The platform's answer is not JSON.", status=502) from error
    if not isinstance(body, dict):
        raise registration_error("response_invalid", "The platform's answer is not a JSON object.", status=502)
    return body


def read_configuration(document: dict[str, Any], url: str) -> PlatformConfiguration:
    """A configuration that hangs together: issuer and endpoints on the host it came from, or beside it."""
    issuer, platform = document.get("issuer"), document.get(PLATFORM_CONFIGURATION)
    if not isinstance(issuer, str) or web_address(issuer) is None or not isinstance(platform, dict):
        raise registration_error("configuration_invalid", "This is not the configuration of an LTI 1.3 platform.")
    quirks = quirks_of(_text(platform, "product_family_code"))
    if not same_site(_host(issuer), _host(url)) and not belongs_together(issuer, (), quirks):
        raise registration_error("issuer_mismatch", "The configuration is for another platform than its address.")
    endpoints = {name: _text(document, name) for name in _ENDPOINTS}
    for name, endpoint in endpoints.items():
        if web_address(endpoint) is None:
            raise registration_error("configuration_invalid", f"The platform does not name its {name}.")
        if not belongs_together(endpoint, (issuer, url), quirks):
            raise registration_error("endpoint_foreign", f"The platform's {name} is on a foreign host.")
    return PlatformConfiguration(
        issuer=issuer,
        **endpoints,
        audience=_text(document, "authorization_server"),
        product=_text(platform, "product_family_code"),
        version=_text(platform, "version"),
        scopes=_texts(document, "scopes_supported"),
        claims=_texts(document, "claims_supported"),
        messages=_message_types(platform.get("messages_supported")),
        variables=_texts(platform, "variables"),
        events=_events(document, platform, issuer, quirks),
    )


def _message_types(value: Any) -> tuple[str, ...]:
    rows = value if isinstance(value, list) else []
    return tuple(_text(row, "type") for row in rows if isinstance(row, dict))


def _events(document: dict[str, Any], platform: dict[str, Any], issuer: str, quirks: Quirks) -> EventOffer | None:
    """The extension stands in the platform configuration (or beside it); a foreign feed is not asked."""
    offer = platform.get(EVENT_WEBHOOK) or document.get(EVENT_WEBHOOK)
    if not isinstance(offer, dict):
        return None
    feed_url = _text(offer, "feed_url")
    if feed_url and not belongs_together(feed_url, (issuer,), quirks):
        raise registration_error("endpoint_foreign", "The platform's event feed is on a foreign host.")
    return EventOffer(_texts(offer, "event_types"), feed_url, _text(offer, "feed_scope"))


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) and len(value) <= 2000 else ""


def _texts(document: dict[str, Any], name: str) -> tuple[str, ...]:
    value = document.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
