"""Documents of other issuers, fetched through the one door out, which refuses private addresses and large answers."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.did_web import did_url
from lti_tool.credentials.json_text import parse_object
from lti_tool.domain.errors import BadgeToolError
from lti_tool.http import OutgoingHttp
from lti_tool.http.errors import host_of

_JSON = "application/did+json, application/ld+json, application/json;q=0.9, */*;q=0.1"
# A badge's address may show a page to browsers and the badge to programs; the image is what is baked.
_BADGE = (
    "application/vc+ld+json, application/vc, application/vc+jwt, application/ld+json, application/json;q=0.9, "
    "image/png;q=0.8, image/svg+xml;q=0.8, */*;q=0.1"
)
_OK, _GONE = 200, 410


class HttpLookup:
    """Implements verification.Resolver for issuers elsewhere. `http` refuses private addresses and follows redirects
    only where it was told to."""

    def __init__(self, http: OutgoingHttp) -> None:
        self._http = http

    def did_document(self, did: str) -> dict[str, Any]:
        return self._json(did_url(did))

    def key_document(self, url: str) -> dict[str, Any]:
        return self._json(url)

    def hosted_document(self, url: str) -> dict[str, Any]:
        return self._json(url)

    def status_list(self, url: str) -> dict[str, Any] | str:
        text = _text(self._get(url, _BADGE), url).strip()
        return _object(text, url) if text.startswith("{") else text

    def badge(self, url: str) -> bytes:
        """Whatever stands at a badge's address."""
        return self._get(url, _BADGE)

    def _json(self, url: str) -> dict[str, Any]:
        return _object(_text(self._get(url, _JSON), url), url)

    def _get(self, url: str, accept: str) -> bytes:
        response = self._http.get(url.partition("#")[0], headers={"Accept": accept})
        if response.status_code == _GONE:
            # Open Badges 2.0, "Revoking Hosted Assertions": this is how a hosted badge is withdrawn.
            raise BadgeToolError("lookup.gone", f"{host_of(url)} says that this was withdrawn.", status=410)
        if response.status_code != _OK:
            raise BadgeToolError("lookup.refused", f"{host_of(url)} answered with status {response.status_code}.")
        body: bytes = response.content
        return body


def _text(body: bytes, url: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(url) from None


def _object(text: str, url: str) -> dict[str, Any]:
    try:
        return parse_object(text)
    except BadgeToolError:
        raise _unreadable(url) from None


def _unreadable(url: str) -> BadgeToolError:
    return BadgeToolError("lookup.unreadable", f"{host_of(url)} answered with something that is not JSON.")
