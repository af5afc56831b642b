"""What can go wrong when a service of the platform is called."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import requests

from lti_tool.domain.errors import BadgeToolError

_LONGEST_WAIT_SECONDS = 24 * 3600.0
_REASONS = {
    400: "did not understand the request",
    401: "did not accept our access token",
    403: "does not allow this",
    404: "has nothing at this address",
    409: "has something newer already",
    410: "has nothing at this address any more",
    429: "asks us to slow down",
}


class ServiceError(BadgeToolError):
    """A call that brought nothing. `status` is the platform's own where it is an error, so that a caller can tell
    what may pass (429, 5xx) from what stands; `retry_after` is in seconds, None where the platform named none."""

    def __init__(
        self, code: str, message: str, *, status: int = 502, hint: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(code, message, status=status, hint=hint)
        self.retry_after = retry_after


def refused_by_platform(room: str, response: requests.Response) -> ServiceError:
    """The error for an answer that is none. Body and address stay out of it: they may hold secrets."""
    status = response.status_code if response.status_code >= 400 else 502
    if status == 403 and _is_throttled(response):
        status = 429
    kind = "unavailable" if status >= 500 else "refused"
    reason = _REASONS.get(status, "answered with an error")
    hint = "Check the tool's permissions in the platform's settings." if status in (401, 403) else ""
    return ServiceError(
        f"{room}.{kind}",
        f"The platform {reason} (HTTP {response.status_code}).",
        status=status,
        hint=hint,
        retry_after=_retry_after(response),
    )


def _is_throttled(response: requests.Response) -> bool:
    """Canvas refuses who asks too often with 403 and these words; that is no missing permission."""
    return b"Rate Limit Exceeded" in response.content[:200]


def _retry_after(response: requests.Response) -> float | None:
    """Seconds of a Retry-After header (RFC 9110, 10.2.3). A date is held against the platform's own clock, as its
    answer tells it; what cannot be read is left to our own back-off."""
    value = response.headers.get("Retry-After", "")
    if value.isascii() and value.isdigit() and len(value) < 20:
        return min(float(value), _LONGEST_WAIT_SECONDS)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(response.headers["Date"])
    except (KeyError, TypeError, ValueError):
        return None
    return min(max(wait.total_seconds(), 0.0), _LONGEST_WAIT_SECONDS)
