"""PyLTI1p3's service connector: our tokens, our limits, addresses as they were given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import urljoin, urlsplit

import requests
from pylti1p3.service_connector import ServiceConnector, TServiceConnectorResponse

from lti_tool.domain.platform import Registration
from lti_tool.http.errors import HttpError
from lti_tool.lti.platform_hosts import service_url_trusted
from lti_tool.lti.service_errors import ServiceError, refused_by_platform
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.lti.tool_config import library_registration

MOST_PAGES = 500
T = TypeVar("T")


class PlatformConnector(ServiceConnector):
    """Calls services of one registration. `room` begins the codes of its errors ("nrps", "gradebook")."""

    def __init__(
        self, registration: Registration, tokens: CachedServiceTokens, http: requests.Session, room: str
    ) -> None:
        super().__init__(registration=library_registration(registration), requests_session=http)
        self._ours = registration
        self._tokens = tokens
        self._room = room

    def get_access_token(self, scopes: Sequence[str]) -> str:
        granted = self._ours.service_scopes
        if granted and not set(scopes) <= set(granted):
            raise ServiceError(
                f"{self._room}.scope_missing",
                "The platform has not allowed the tool to do this.",
                status=403,
                hint="Allow the service in the platform's settings of the tool.",
            )
        return self._tokens.get(self._ours, scopes)

    def make_service_request(
        self,
        scopes: Sequence[str],
        url: str,
        is_post: bool = False,
        data: str | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        case_insensitive_headers: bool = False,
    ) -> TServiceConnectorResponse:
        """One call; with a token that was refused once it is repeated with a new one. Raises ServiceError."""
        headers = {"Accept": accept} | ({"Content-Type": content_type} if is_post else {})
        response = self._call("POST" if is_post else "GET", url, scopes, headers, data)
        return {
            "headers": response.headers if case_insensitive_headers else dict(response.headers),
            "body": self._body(response),
            "next_page_url": self._next_page(url, response),
        }

    def replace(self, scopes: Sequence[str], url: str, data: str, *, media_type: str) -> Any:
        """PUT, which PyLTI1p3 does not have; gives the body of the answer, None where it is empty."""
        headers = {"Accept": media_type, "Content-Type": media_type}
        return self._body(self._call("PUT", url, scopes, headers, data))

    def delete(self, scopes: Sequence[str], url: str) -> None:
        """DELETE. Raises ServiceError, 404 where it is gone already."""
        self._call("DELETE", url, scopes, {}, None)

    def _call(
        self, method: str, url: str, scopes: Sequence[str], headers: dict[str, str], data: str | None
    ) -> requests.Response:
        if not service_url_trusted(self._ours, url):
            raise ServiceError(
                f"{self._room}.url_forbidden", "The service's address is not the platform's.", status=422
            )
        response = self._authorized(method, url, scopes, headers, data)
        if not 200 <= response.status_code < 300:
            raise refused_by_platform(self._room, response)
        return response

    def _authorized(
        self, method: str, url: str, scopes: Sequence[str], headers: dict[str, str], data: str | None
    ) -> requests.Response:
        for attempt in (1, 2):
            token = self.get_access_token(scopes)
            try:
                response = self._requests_session.request(
                    method,
                    url,
                    data=data.encode() if data else None,
                    headers={**headers, "Authorization": f"Bearer {token}"},
                )
            except HttpError as error:
                raise ServiceError(f"{self._room}.unavailable", error.message, status=error.status) from error
            if response.status_code != 401 or attempt == 2:
                break
            self._tokens.forget(self._ours, scopes, token)
        return response

    def _body(self, response: requests.Response) -> Any:
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise ServiceError(f"{self._room}.malformed", "The platform's answer is not JSON.") from error

    def _next_page(self, url: str, response: requests.Response) -> str | None:
        """The rel="next" link as it was given; PyLTI1p3 lower-cases it, which breaks Canvas's bookmarks."""
        link = response.links.get("next", {}).get("url")
        if not link:
            return None
        try:
            following = urljoin(url, link)
            same_place = urlsplit(following)[:2] == urlsplit(url)[:2]
        except ValueError:
            same_place = False
        if not same_place:
            raise ServiceError(f"{self._room}.page_forbidden", "The next page is on another host.")
        return following


def all_pages(read_page: Callable[[str], tuple[list[T], str | None]], first: str, room: str) -> Iterator[T]:
    """The items of every page. A page that points back to one already read, or a list without end, is an error."""
    seen: set[str] = set()
    following: str | None = first
    while following:
        if following in seen or len(seen) >= MOST_PAGES:
            raise ServiceError(f"{room}.page_forbidden", "The pages of the platform's list go in a circle.")
        seen.add(following)
        items, following = read_page(following)
        yield from items


def rows_of(answer: TServiceConnectorResponse, room: str, member: str = "") -> list[dict[str, Any]]:
    """The objects of a list, or of the list in the body's `member`; raises ServiceError `<room>.malformed`."""
    body: Any = cast(Any, answer["body"])
    if member:
        body = body.get(member) if isinstance(body, dict) else None
    if not isinstance(body, list):
        raise ServiceError(f"{room}.malformed", "The platform's answer is not the list it should be.")
    return [row for row in body if isinstance(row, dict)]
