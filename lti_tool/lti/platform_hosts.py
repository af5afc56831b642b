"""Which addresses are the platform's own, so that a token of ours is never sent elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from lti_tool.domain.platform import Registration
from lti_tool.lti.platforms import Quirks, quirks_of
from lti_tool.lti.urls import same_site, web_address


def belongs_together(url: str, known_urls: Iterable[str], quirks: Quirks) -> bool:
    """Whether `url` is on a host that goes with one of `known_urls`, or with the operator of the LMS."""
    parts = web_address(url)
    if parts is None:
        return False
    host = (parts.hostname or "").lower()
    if any(host == site or host.endswith("." + site) for site in quirks.sites):
        return True
    return any(same_site(host, urlsplit(known).hostname or "") for known in known_urls)


def service_url_trusted(registration: Registration, url: str) -> bool:
    """Whether a service address of a signed launch may be called with a token of ours.

    Without TLS only where the platform itself has none (a development machine).
    """
    parts = web_address(url)
    if parts is None or (parts.scheme != "https" and not registration.issuer.startswith("http:")):
        return False
    quirks = quirks_of(registration.product)
    if quirks.services_anywhere and "." in (parts.hostname or "") and (parts.hostname or "")[-1].isalpha():
        return True
    known = (
        registration.issuer,
        registration.auth_login_url,
        registration.auth_token_url,
        registration.jwks_url,
    )
    return belongs_together(url, known, quirks)
