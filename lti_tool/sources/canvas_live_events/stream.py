"""What an administrator says of one data stream of Canvas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.domain.errors import BadgeToolError

SOURCE = "canvas_live_events"
# One key set signs the events of every hosted Canvas, production and beta alike; it lists the previous, the current and
# the next key.
JWKS_URL = "https://8axpcl50e4.execute-api.us-east-1.amazonaws.com/main/jwks"
MOST_HOSTS = 20
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Stream:
    """`is_signed`: whether only signed bodies are taken; else the address itself holds a secret. `jwks_url`: whose keys
    sign. `hosts`: the web hosts of the institution's Canvas, which tell whose an event is where it names no account.
    `trusts_caliper`: whether grades in the Caliper format count at once; that format does not say what is hidden."""

    is_signed: bool = True
    jwks_url: str = JWKS_URL
    hosts: tuple[str, ...] = ()
    trusts_caliper: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "is_signed": self.is_signed,
            "jwks_url": self.jwks_url,
            "hosts": list(self.hosts),
            "trusts_caliper": self.trusts_caliper,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Stream:
        return cls(value["is_signed"], value["jwks_url"], tuple(value["hosts"]), value["trusts_caliper"])


def read_stream(is_signed: bool, jwks_url: str, hosts: str, trusts_caliper: bool) -> Stream:
    """What was typed; an empty `jwks_url` means Canvas's own. Raises `source.jwks_url_invalid`, `source.host_invalid`.

    `hosts` are separated by spaces or commas; whole addresses will do, and of them only the host is kept.
    """
    address = jwks_url or JWKS_URL
    if not _is_web_address(address):
        raise BadgeToolError(
            "source.jwks_url_invalid", "Give the address of Canvas's key set, beginning with https://.", status=422
        )
    found = tuple(dict.fromkeys(_host(each) for each in re.split(r"[\s,]+", hosts) if each))
    if len(found) > MOST_HOSTS:
        raise _host_invalid()
    return Stream(is_signed, address, found, trusts_caliper)


def host_of(address: str) -> str:
    """The host that an address names, without its port; "" where there is none."""
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _host(typed: str) -> str:
    host = host_of(typed)
    if not _HOST.fullmatch(host):
        raise _host_invalid()
    return host


def _host_invalid() -> BadgeToolError:
    return BadgeToolError(
        "source.host_invalid", "Give the address of your Canvas, such as school.instructure.com.", status=422
    )


def _is_web_address(address: str) -> bool:
    """One that can be fetched. Whether it may be is decided by the one door out, at each fetch."""
    if len(address) > 2000 or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
        named = parts.hostname and not parts.username and not parts.password and not parts.fragment
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(named)
