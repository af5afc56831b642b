"""The Content-Security-Policy of every page: our own files, no inline script, framed by the platform alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from lti_tool.domain.platform import Registration
from lti_tool.lti.platforms import quirks_of
from lti_tool.lti.urls import origin

_BASE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
# A source that holds one of these would begin a new source or directive.
_SEPARATORS = re.compile(r"[\s;,]")
FRAMED_BY_NOBODY = ("'none'",)
# For a page that shows an error and can do nothing: the person must see it in whatever frame she is.
FRAMED_BY_ANYBODY = ("*",)


def content_security_policy(frame_ancestors: Sequence[str], **extra: str | Sequence[str]) -> str:
    """The header's value. `extra` names further directives with underscores, and replaces those of the base:
    ``content_security_policy(origins, form_action=["'self'", "https://lms.example"])``.

    Raises ValueError for a source that would break out of its directive.
    """
    more = tuple((name, sources if isinstance(sources, str) else tuple(sources)) for name, sources in extra.items())
    return _policy(tuple(frame_ancestors), more)


@lru_cache(256)
def _policy(frame_ancestors: tuple[str, ...], extra: tuple[tuple[str, str | tuple[str, ...]], ...]) -> str:
    """Every answer has one, and most of them the same."""
    directives = dict(_BASE)
    directives["frame-ancestors"] = _joined(frame_ancestors or FRAMED_BY_NOBODY)
    for name, sources in extra:
        directives[name.replace("_", "-")] = sources if isinstance(sources, str) else _joined(sources)
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def frame_ancestors(registration: Registration, *also: str) -> tuple[str, ...]:
    """Who may frame the tool for this platform: the origins of its issuer and sign-in page, what its kind of LMS
    adds, and those of the addresses in `also` (the return address of a signed launch, for instance)."""
    addresses = (registration.issuer, registration.auth_login_url, *also)
    origins = [found for found in map(origin, addresses) if found]
    return tuple(dict.fromkeys((*origins, *quirks_of(registration.product).frame_ancestors)))


def _joined(sources: Sequence[str]) -> str:
    if any(_SEPARATORS.search(source) for source in sources):
        raise ValueError("a CSP source holds a separator")
    return " ".join(sources)
