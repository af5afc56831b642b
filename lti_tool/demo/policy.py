"""The two parts of a Content-Security-Policy that decide where a headless browser may go."""

from __future__ import annotations

from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def may_be_framed(policy: str, own_url: str, framing_url: str) -> bool:
    """Whether a page with this policy lets itself be shown inside a page at `framing_url` (frame-ancestors)."""
    return _allows(policy, "frame-ancestors", own_url, framing_url)


def may_post_to(policy: str, own_url: str, target_url: str) -> bool:
    """Whether a page with this policy may send a form to `target_url` (form-action)."""
    return _allows(policy, "form-action", own_url, target_url)


def _allows(policy: str, directive: str, own_url: str, other_url: str) -> bool:
    for part in policy.split(";"):
        name, *sources = part.split() or [""]
        if name.lower() == directive:
            return any(_matches(source, own_url, other_url) for source in sources)
    return True


def _matches(source: str, own_url: str, other_url: str) -> bool:
    if source == "*":
        return True
    if source == "'self'":
        return _origin(own_url) == _origin(other_url)
    return source.startswith(("http://", "https://")) and _origin(source) == _origin(other_url)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
