"""What a platform says of itself: its OpenID configuration, fetched and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from lti_tool.lti.claims import EVENT_WEBHOOK, PLATFORM_CONFIGURATION
from lti_tool.lti.dynamic_registration.errors import registration_error
from lti_tool.lti.dynamic_registration.fetching import get_json
from lti_tool.lti.platform_hosts import belongs_together, is_operated_by_vendor
from lti_tool.lti.platforms import Quirks, quirks_of
from lti_tool.lti.urls import host_and_port, web_address

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")


@dataclass(frozen=True, slots=True)
class EventOffer:
    """The event-webhook extension, where a platform has it: what it sends, and a feed to ask it for the same."""

    event_types: tuple[str, ...]
    feed_url: str
    feed_scope: str


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """A checked configuration. Empty where the platform does not say what it supports.

    `messages` gives the placements that are offered for each message type.
    """

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
    messages: dict[str, tuple[str, ...]]
    variables: tuple[str, ...]
    events: EventOffer | None

    @property
    def quirks(self) -> Quirks:
        return quirks_of(self.product)


def fetch_configuration(http: requests.Session, url: str, token: str = "") -> PlatformConfiguration:
    """Fetches and checks the document at `url`, an address that came from a browser; its query is kept.

    `token` is the platform's registration token: Canvas wants to see it here too. Raises BadgeToolError `reg.*`:
    url_scheme, url_forbidden, unreachable, refused_by_platform, response_invalid, configuration_invalid,
    issuer_mismatch, endpoint_foreign.
    """
    return read_configuration(get_json(http, url, token), url)


def read_configuration(document: dict[str, Any], url: str) -> PlatformConfiguration:
    """A configuration that hangs together: the issuer is the host it came from (LTI Dynamic Registration 1.0 asks a
    tool to check that), and the endpoints are on that host, beside it, or its vendor's."""
    issuer, platform = document.get("issuer"), document.get(PLATFORM_CONFIGURATION)
    if not isinstance(issuer, str) or web_address(issuer) is None or not isinstance(platform, dict):
        raise registration_error("reg.configuration_invalid", "This is not the configuration of an LTI 1.3 platform.")
    if host_and_port(issuer) != host_and_port(url):
        raise registration_error("reg.issuer_mismatch", "The configuration is for another platform than its address.")
    quirks = quirks_of(_text(platform, "product_family_code"))
    endpoints = {name: _text(document, name) for name in _ENDPOINTS}
    for name, endpoint in endpoints.items():
        address = web_address(endpoint)
        if address is None or (address.scheme != "https" and not issuer.startswith("http:")):
            raise registration_error("reg.configuration_invalid", f"The platform does not name its {name}.")
        # Hosted Canvas takes registrations at each customer's own host, which can have any name. What the issuer
        # says of itself over TLS is believed for a vendor that is known to do so.
        anywhere = name == "registration_endpoint" and is_operated_by_vendor(issuer, quirks)
        if not anywhere and not belongs_together(endpoint, issuer, quirks):
            raise registration_error("reg.endpoint_foreign", f"The platform's {name} is on a foreign host.")
    return PlatformConfiguration(
        issuer=issuer,
        **endpoints,
        audience=_audience(document),
        product=_text(platform, "product_family_code"),
        version=_text(platform, "version"),
        scopes=_texts(document, "scopes_supported"),
        claims=_texts(document, "claims_supported"),
        messages=_messages(platform.get("messages_supported")),
        variables=_texts(platform, "variables"),
        events=_events(document, platform, issuer, quirks),
    )


def _audience(document: dict[str, Any]) -> str:
    """Whom our token requests are for. Canvas writes a bare host here, and wants its token address all the same."""
    named = _text(document, "authorization_server")
    return named if web_address(named) else ""


def _messages(value: Any) -> dict[str, tuple[str, ...]]:
    rows = value if isinstance(value, list) else []
    return {_text(row, "type"): _texts(row, "placements") for row in rows if isinstance(row, dict)}


def _events(document: dict[str, Any], platform: dict[str, Any], issuer: str, quirks: Quirks) -> EventOffer | None:
    """The extension stands in the platform configuration (or beside it); a foreign feed is not asked."""
    offer = platform.get(EVENT_WEBHOOK) or document.get(EVENT_WEBHOOK)
    if not isinstance(offer, dict):
        return None
    feed_url = _text(offer, "feed_url")
    if feed_url and not belongs_together(feed_url, issuer, quirks):
        raise registration_error("reg.endpoint_foreign", "The platform's event feed is on a foreign host.")
    return EventOffer(_texts(offer, "event_types"), feed_url, _text(offer, "feed_scope"))


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) and len(value) <= 2000 else ""


def _texts(document: dict[str, Any], name: str) -> tuple[str, ...]:
    value = document.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
