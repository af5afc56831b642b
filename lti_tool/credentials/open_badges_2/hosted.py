"""Hosted verification (https://www.imsglobal.org/spec/ob/v2p0/, section "Hosted Verification").

An Open Badge 2.0 of this kind carries no signature. It is genuine where the issuer's own server says the same: the
assertion stands at the address that it names as its id, and its badge class and issuer stand on the same site.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.domain.errors import BadgeToolError

Fetch = Callable[[str], dict[str, Any]]
_CONTEXT = "https://w3id.org/openbadges/v2"
_HOSTED = frozenset({"hosted", "HostedBadge"})


@dataclass(frozen=True, slots=True)
class HostedBadge:
    """The three documents as the issuer's server has them."""

    assertion: dict[str, Any]
    badge_class: dict[str, Any]
    issuer: dict[str, Any]

    @property
    def is_on_one_site(self) -> bool:
        """Whether the issuer's own site vouches for all three: nobody else can publish there."""
        home = _origin(_text(self.issuer, "id"))
        allowed = self._allowed_hosts()
        return bool(home) and all(
            _origin(_text(document, "id")) == home or urlsplit(_text(document, "id")).hostname in allowed
            for document in (self.assertion, self.badge_class)
        )

    def _allowed_hosts(self) -> frozenset[str]:
        """Hosts that the issuer's profile itself names (VerificationObject, allowedOrigins)."""
        told = self.issuer.get("verification")
        origins = told.get("allowedOrigins") if isinstance(told, dict) else None
        listed = origins if isinstance(origins, list) else [origins]
        return frozenset(host for host in listed if isinstance(host, str))


def is_open_badge_2(document: dict[str, Any]) -> bool:
    """Whether the document says that it is an assertion of Open Badges 2.0."""
    context, kind = document.get("@context"), document.get("type")
    contexts = context if isinstance(context, list) else [context]
    return _CONTEXT in contexts and "Assertion" in (kind if isinstance(kind, list) else [kind])


def assertion_address(document: dict[str, Any]) -> str:
    """Where the issuer hosts the assertion: its own id. Raises ``hosted.not_hosted`` for one that is signed, or that
    has no address."""
    told = document.get("verification") or document.get("verify")
    kind = told.get("type") if isinstance(told, dict) else None
    kinds = kind if isinstance(kind, list) else [kind]
    address = _text(document, "id")
    if not _HOSTED.intersection(kinds) or not address.startswith(("https://", "http://")):
        raise BadgeToolError("hosted.not_hosted", "The badge names no address where its issuer vouches for it.")
    return address


def fetch_hosted(address: str, fetch: Fetch) -> HostedBadge:
    """The assertion at an address, its badge class and its issuer.

    `fetch` raises BadgeToolError ``lookup.gone`` where the server answers 410. Raises ``hosted.withdrawn`` for an
    assertion that says it was revoked and ``hosted.malformed`` for one that is none.
    """
    assertion = fetch(address)
    if assertion.get("revoked") is True:
        reason = _text(assertion, "revocationReason")
        said = f" Reason given: “{reason[:300]}”" if reason else ""
        raise BadgeToolError("hosted.withdrawn", f"The issuer has revoked this badge.{said}", status=410)
    if not is_open_badge_2(assertion) or _text(assertion, "id") != address:
        raise BadgeToolError("hosted.malformed", "What stands at the badge's address is another document.")
    badge_class = _embedded_or_fetched(assertion.get("badge"), fetch)
    return HostedBadge(assertion, badge_class, _embedded_or_fetched(badge_class.get("issuer"), fetch))


def same_assertion(carried: dict[str, Any], hosted: dict[str, Any]) -> bool:
    """Whether the badge in hand says what the issuer's server says. The image itself is not part of it."""
    return _comparable(carried) == _comparable(hosted)


def _comparable(assertion: dict[str, Any]) -> str:
    return json.dumps({term: value for term, value in assertion.items() if term != "image"}, sort_keys=True)


def _embedded_or_fetched(value: Any, fetch: Fetch) -> dict[str, Any]:
    """A document that is named by its address is read from there. An embedded one proves nothing, so it is as well."""
    address = _text(value, "id") if isinstance(value, dict) else value
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        raise BadgeToolError("hosted.malformed", "The badge's description or issuer has no address.")
    found = fetch(address)
    if _text(found, "id") != address:
        raise BadgeToolError("hosted.malformed", "The badge's description or issuer is another document than named.")
    return found


def _origin(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return (parts.scheme, parts.netloc) if parts.scheme and parts.netloc else ("", "")


def _text(node: Any, term: str) -> str:
    value = node.get(term) if isinstance(node, dict) else None
    return value if isinstance(value, str) else ""
