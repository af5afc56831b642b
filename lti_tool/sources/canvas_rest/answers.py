"""What an answer of Canvas is: data, or which of its refusals."""

from __future__ import annotations

from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.http import Response
from lti_tool.sources.canvas_rest import errors
from lti_tool.sources.canvas_rest.pace import is_throttled
from lti_tool.sources.strict_json import read_json


def is_token_refused(response: Response) -> bool:
    """Whether the token itself is expired or revoked. Canvas names a scheme then (RFC 6750, 3) and says so; the same
    status without that is a lack of permission, or of a scope."""
    if response.status_code != 401:
        return False
    return "WWW-Authenticate" in response.headers or _says(response, b"invalid access token")


def data_of(response: Response, scope: str, rest: float = 0.0) -> Any:
    """The JSON value of an answer that is one. Raises CanvasError; `rest`: seconds that a throttled one must wait."""
    status = response.status_code
    if status == 200:
        return json_of(response)
    if is_throttled(response):
        raise errors.throttled(rest)
    if is_token_refused(response):
        raise errors.token_refused()
    if status in (401, 403):
        raise _not_allowed(response, scope)
    if status == 404:
        raise errors.not_found()
    raise failed(response)


def failed(response: Response) -> errors.CanvasError:
    """The error for a status that says nothing of permissions."""
    status = response.status_code
    if 300 <= status < 400:
        return errors.not_json()
    return errors.unavailable(status) if status >= 500 or status in (408, 425) else errors.http_error(status)


def json_of(response: Response) -> Any:
    try:
        return read_json(response.content)
    except BadgeToolError:
        raise errors.not_json() from None


def _not_allowed(response: Response, scope: str) -> errors.CanvasError:
    if _says(response, b"insufficient scopes"):
        return errors.scope_missing(scope)
    try:
        json_of(response)
    except errors.CanvasError as not_canvas:
        return not_canvas  # a proxy or a firewall speaks, not Canvas
    return errors.forbidden()


def _says(response: Response, words: bytes) -> bool:
    return words in response.content[:2000].lower()
