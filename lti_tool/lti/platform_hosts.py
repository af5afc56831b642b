"""Which addresses are the platform's own, so that a token of ours is never sent elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from lti_tool.domain.platform import Registration
from lti_tool.lti.platforms import Quirks, quirks_of
from lti_tool.lti.urls import same_site, web_address


def is_operated_by_vendor(issuer: str, quirks: Quirks) -> bool:
    """Whether an issuer is one of the vendor's own sites, which serve all the customers it hosts."""
    return _on_site(_host(issuer), quirks.sites)


def belongs_together(url: str, issuer: str, quirks: Quirks) -> bool:
    """Whether `url` is on a host that goes with the issuer's, or is another of the vendor that runs the issuer."""
    if web_address(url) is None:
        return False
    if is_operated_by_vendor(issuer, quirks) and _on_site(_host(url), quirks.sites):
        return True
    return same_site(_host(url), _host(issuer))


def _on_site(host: str, sites: Iterable[str]) -> bool:
    return any(host == site or host.endswith("." + site) for site in sites)


@lru_cache(1024)
def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


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
    host = parts.hostname or ""
    return _on_site(host, quirks.sites) or any(same_site(host, _host(one)) for one in known)
