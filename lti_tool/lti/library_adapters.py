"""The small objects PyLTI1p3 wants of a web framework, without one."""

from __future__ import annotations

from collections.abc import Mapping

from pylti1p3.cookie import CookieService
from pylti1p3.redirect import Redirect
from pylti1p3.request import Request


class ParamsRequest(Request):
    """A request that is nothing but its parameters."""

    def __init__(self, params: Mapping[str, str]) -> None:
        self._params = params

    @property
    def session(self) -> dict[str, object]:
        return {}

    def is_secure(self) -> bool:
        return True

    def get_param(self, key: str) -> str:
        return self._params.get(key, "")


class NoCookies(CookieService):
    """PyLTI1p3 keeps the state in a cookie of its own, which browsers drop in frames. The blueprint binds the
    login to the browser in another way (see browser_storage.py), so nothing is kept here."""

    def get_cookie(self, name: str) -> str | None:
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        return None


class UrlOnly(Redirect[str]):
    """A redirect that only knows where to: how the browser gets there is the page's part."""

    def __init__(self, url: str) -> None:
        self._url = url

    def do_redirect(self) -> str:
        return self._url

    def do_js_redirect(self) -> str:
        return self._url

    def set_redirect_url(self, location: str) -> None:
        self._url = location

    def get_redirect_url(self) -> str:
        return self._url
