"""Which addresses the tool may connect to.

A platform's administrator tells us URLs (JWKS, token endpoint, gradebook, images). Without this check she
could make the tool speak to its own machine, its neighbours or the cloud's metadata service (server-side
request forgery). The rule is: globally routable unicast only, judged on the address that is connected to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Global by the registries, and yet not a host on the internet, or known to every cloud as a service address.
_REFUSED_V4 = (
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, withdrawn by RFC 7526
    IPv4Network("192.0.0.0/24"),  # protocol assignments, RFC 6890; one cloud keeps its metadata service here
    IPv4Network("168.63.129.16/32"),  # a cloud's wire server, public by number only
    IPv4Network("240.0.0.0/4"),  # class E, reserved by RFC 1112
)
_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")  # the only block IANA hands out for unicast
_REFUSED_V6 = (
    IPv6Network("2001::/23"),  # protocol assignments: Teredo (RFC 4380), ORCHID, benchmarking
    IPv6Network("2002::/16"),  # 6to4 carries any IPv4 address (RFC 3056), private ones too
    IPv6Network("2001:db8::/32"),  # documentation, RFC 3849
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: how an IPv6-only host reaches IPv4


def is_public(address: str) -> bool:
    """Whether `address` (text of an IPv4 or IPv6 address, a scope allowed) is globally routable unicast."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_v4(parsed)
    return _is_public_v6(parsed)


def _is_public_v4(address: IPv4Address) -> bool:
    if not address.is_global or address.is_multicast:
        return False
    return not any(address in network for network in _REFUSED_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if address in _NAT64:
        return _is_public_v4(IPv4Address(int(address) & 0xFFFFFFFF))
    if address not in _GLOBAL_UNICAST_V6 or not address.is_global:
        return False
    return not any(address in network for network in _REFUSED_V6)


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Who may be spoken to. `allowed_private_hosts` holds ``host:port`` texts, or ``*`` for a demonstration.

    Hosts on that list may be private and may be spoken to without TLS; everyone else may not.
    """

    allowed_private_hosts: frozenset[str] = field(default_factory=frozenset)

    def trusts(self, host: str, port: int) -> bool:
        """Whether this host and port, as the URL names them, were allowed by the operator."""
        if "*" in self.allowed_private_hosts:
            return True
        name = host.strip("[]").lower().rstrip(".")
        return f"{name}:{port}" in self._names()

    def _names(self) -> set[str]:
        return {entry.lower().replace("[", "").replace("]", "") for entry in self.allowed_private_hosts}
