"""The two requests of a registration. Their addresses came through a browser, so each is judged before it is called.

The way out (lti_tool/http) refuses private addresses at the socket; here its refusals become those of a registration.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from lti_tool.http.errors import AddressRefused, BadUrl, HttpError, HttpTimeout, SchemeRefused, TooLarge
from lti_tool.lti.dynamic_registration.errors import registration_error
from lti_tool.lti.urls import host_and_port, web_address

# An honest configuration has a few kilobytes. Redirects are followed within one host only: a site's open redirect
# must not speak in the name of its issuer.
LARGEST_ANSWER = 256 * 1024
MOST_REDIRECTS = 3


def get_json(http: requests.Session, url: str, token: str = "") -> dict[str, Any]:
    """The JSON object at `url`, asked for with the platform's registration token; raises `reg.*`."""
    require_web_address(url)
    target = url
    for _ in range(MOST_REDIRECTS + 1):
        response = _send(http, "GET", target, headers=_bearer(token))
        if not 300 <= response.status_code < 400:
            return _json_object(response)
        target = urljoin(target, response.headers.get("Location", ""))
        if host_and_port(target) != host_and_port(url):
            raise registration_error("reg.url_forbidden", "The platform's configuration leads to another host.")
    raise registration_error("reg.url_forbidden", "The platform's configuration is redirected too often.")


def post_json(http: requests.Session, url: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
    """What a platform answers to a registration; raises `reg.*`."""
    response = _send(http, "POST", url, json=body, headers=_bearer(token))
    if 300 <= response.status_code < 400:
        raise registration_error("reg.url_forbidden", "The platform's registration leads to another address.")
    return _json_object(response)


def require_web_address(url: str) -> None:
    """Raises `reg.url_scheme` for what is no web address at all, `reg.url_forbidden` for one that hides its host."""
    if web_address(url) is not None:
        return
    if url.strip().lower().startswith(("https:", "http:")):
        raise registration_error("reg.url_forbidden", "The configuration's address cannot be read without doubt.")
    raise registration_error("reg.url_scheme", "The platform's configuration must be an https address.")


def _bearer(token: str) -> dict[str, str]:
    # A line break in a header would begin another one.
    return {"Authorization": f"Bearer {token}"} if token and token.isascii() and token.isprintable() else {}


def _send(http: requests.Session, method: str, url: str, **arguments: Any) -> requests.Response:
    try:
        return http.request(method, url, allow_redirects=False, **arguments)
    except SchemeRefused as error:
        raise registration_error("reg.url_scheme", error.message, hint=error.hint) from error
    except (AddressRefused, BadUrl) as error:
        raise registration_error("reg.url_forbidden", error.message, hint=error.hint) from error
    except (TooLarge, HttpTimeout) as error:
        raise registration_error("reg.response_invalid", error.message, status=error.status) from error
    except HttpError as error:
        raise registration_error("reg.unreachable", error.message, status=error.status) from error


def _json_object(response: requests.Response) -> dict[str, Any]:
    if not 200 <= response.status_code < 300:
        sentence = f"{urlsplit(response.url).hostname} answered with HTTP {response.status_code}."
        raise registration_error("reg.refused_by_platform", sentence, status=502)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise _invalid("The platform's answer is not JSON.")
    if len(response.content) > LARGEST_ANSWER:
        raise _invalid("The platform's answer is far too long.")
    try:
        body = response.json()
    except (ValueError, RecursionError) as error:
        raise _invalid("The platform's answer is not JSON.") from error
    if not isinstance(body, dict):
        raise _invalid("The platform's answer is not a JSON object.")
    return body


def _invalid(sentence: str) -> Exception:
    return registration_error("reg.response_invalid", sentence, status=502)
