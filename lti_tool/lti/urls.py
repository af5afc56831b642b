"""Reading addresses that others sent, without trusting them."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

# Whitespace, control characters and backslashes mean different things to a browser and to urlsplit; quotes and
# angle brackets are in no URL (RFC 3986, 2).
_AMBIGUOUS = re.compile(r"[\x00-\x20\x7f\\\"<>`]")
_MAX_LENGTH = 4096
# A platform's addresses come with every launch of it. What an address is read as never changes.
_REMEMBERED = 1024


def web_address(value: object) -> SplitResult | None:
    """The parts of an absolute http(s) URL without user name; None for everything else."""
    return _read(value) if isinstance(value, str) and len(value) <= _MAX_LENGTH else None


@lru_cache(_REMEMBERED)
def _read(value: str) -> SplitResult | None:
    if _AMBIGUOUS.search(value):
        return None
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  (raises ValueError for a port that is none)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return parts


def origin(value: str) -> str:
    """Scheme, host and port of a URL as a browser writes an origin; "" where there is none."""
    parts = web_address(value)
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts else ""


def host_and_port(value: str) -> tuple[str, int] | None:
    """Which machine and service a URL leads to, with the scheme's own port where it names none; None for no URL."""
    parts = web_address(value)
    if parts is None:
        return None
    return (parts.hostname or "").rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)


def is_own(value: object, base_url: str) -> bool:
    """Whether an address leads to this tool: same scheme, host and port, and below its path."""
    parts, own = web_address(value), urlsplit(base_url)
    if parts is None or (parts.scheme, parts.netloc.lower()) != (own.scheme, own.netloc.lower()):
        return False
    root = own.path.rstrip("/")
    return not root or parts.path == root or parts.path.startswith(root + "/")


def same_site(host: str, other: str) -> bool:
    """Whether two hosts belong together: equal, one below the other, or siblings of one institution.

    Siblings need a parent that is more than a public suffix. Without a suffix list the parent must have two
    labels, and not be of the form "ac.uk" (a country code below a short word).
    """
    host, other = host.lower().rstrip("."), other.lower().rstrip(".")
    if host == other:
        return True
    if host.replace(".", "").isdigit() or ":" in host + other:
        return False
    parents = {name.partition(".")[2] for name in (host, other)}
    candidates = {name for name in (host, other, *parents) if _is_institution(name)}
    return any(_within(host, parent) and _within(other, parent) for parent in candidates)


def _within(host: str, parent: str) -> bool:
    return host == parent or host.endswith("." + parent)


def _is_institution(name: str) -> bool:
    labels = name.split(".")
    if len(labels) < 2 or not labels[-1].isalpha():
        return False
    return len(labels) > 2 or not (len(labels[1]) == 2 and len(labels[0]) <= 3)
