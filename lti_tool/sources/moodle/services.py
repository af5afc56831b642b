"""A client of Moodle's web services (REST protocol, JSON answers).

https://docs.moodle.org/dev/Creating_a_web_service_client
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lti_tool.domain.platform import Registration
from lti_tool.http import OutgoingHttp
from lti_tool.sources.moodle.errors import http_status, not_json, refused

# The grades of a course of 1,000 learners and 4 activities took a Moodle 7 s and are 2.6 MB.
LONG = {"read_seconds": 40.0, "total_seconds": 40.0, "max_bytes": 8 * 1024 * 1024}


class MoodleWebServices:
    """Safe to share between threads. `patient`: the way out for answers that tell of everybody, with LONG limits."""

    def __init__(self, http: OutgoingHttp, patient: OutgoingHttp | None = None) -> None:
        self._http = http
        self._patient = patient or http

    def call(
        self,
        registration: Registration,
        function: str,
        params: Mapping[str, Any] | None = None,
        *,
        is_long: bool = False,
    ) -> Any:
        """The JSON value that `function` gives. Raises MoodleError (`moodle.*`) and `http.*`.

        `params` may nest lists and mappings. `is_long`: it tells of everybody, and may take Moodle a
        while. The token stands in the body, never in the address, which logs keep.
        """
        response = (self._patient if is_long else self._http).post(
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
