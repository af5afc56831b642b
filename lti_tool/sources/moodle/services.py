"""A client of Moodle's web services (REST protocol, JSON answers).

https://docs.moodle.org/dev/Creating_a_web_service_client
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lti_tool.domain.platform import Registration
from lti_tool.http import OutgoingHttp
from lti_tool.sources.moodle.errors import http_status, not_json, refused


class MoodleWebServices:
    """Safe to share between threads."""

    def __init__(self, http: OutgoingHttp) -> None:
        self._http = http

    def call(self, registration: Registration, function: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON value that `function` gives. Raises MoodleError (`moodle.*`) and `http.*`.

        `params` may nest lists and mappings. The token stands in the body, never in the address, which logs keep.
        """
        response = self._http.post(
            f"{registration.moodle_url.rstrip('/')}/webservice/rest/server.php",
            data={
                "wstoken": registration.moodle_token,
                "wsfunction": function,
                "moodlewsrestformat": "json",
                **dict(flatten(params or {})),
            },
            headers={"Accept": "application/json"},
            # A redirect would turn the POST into a GET, or carry the token elsewhere.
            allow_redirects=False,
        )
        if response.status_code != 200:
            raise http_status(response.status_code)
        try:
            answer = response.json()
        except (ValueError, RecursionError):
            raise not_json() from None
        # Moodle reports failures with status 200.
        if isinstance(answer, dict) and ("exception" in answer or "errorcode" in answer):
            raise refused(answer)
        return answer


def flatten(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """PHP's way to write nested values in a form: ``options[0][name]=x``; true is 1 and false 0."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from flatten(part, f"{name}[{key}]" if name else str(key))
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            yield from flatten(part, f"{name}[{index}]")
    else:
        yield name, str(int(value)) if isinstance(value, bool) else str(value)
