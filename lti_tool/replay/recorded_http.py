"""The door out, leading to recordings: the tool's own clients run unchanged, and no socket is opened."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lti_tool.http import OutgoingHttp, Unreachable
from lti_tool.http.adapter import GuardedAdapter
from lti_tool.http.addresses import AddressPolicy
from lti_tool.replay.recordings import RecordedCall
from lti_tool.sources.moodle.groups import GROUPS
from lti_tool.sources.moodle.source import COMPLETION


class RecordedAnswers(GuardedAdapter):
    """Answers what was recorded and refuses the rest as unreachable. `fixed` are bodies by (method, address)."""

    def __init__(self, calls: list[RecordedCall], fixed: dict[tuple[str, str], Any]) -> None:
        super().__init__(AddressPolicy(), total_seconds=1, max_bytes=0)
        self._calls = calls
        self._fixed = fixed

    def send(self, request: Any, *_: Any, **__: Any) -> Any:
        """A prepared request's recorded response."""
        # All that is looked at of urllib3's answer.
        answered: Any = SimpleNamespace(status=200, headers={}, reason="OK")
        response = self.build_response(request, answered)
        response._content = json.dumps(self._answer(request)).encode()
        return response

    def _answer(self, request: Any) -> Any:
        address = _without_query(request.url)
        if (request.method, address) in self._fixed:
            return self._fixed[request.method, address]
        form = {name: values[0] for name, values in parse_qs(str(request.body or "")).items()}
        for call in self._calls:
            if (call.method, _without_query(call.url)) == (request.method, address) and _same_call(call.form, form):
                return call.body
        if form.get("wsfunction") == COMPLETION:
            # Completion is asked learner by learner, and few were recorded: of the others nothing is known.
            return {"statuses": [], "warnings": []}
        if form.get("wsfunction") == GROUPS:
            # Nor is a course without recorded groups a fault: it is told as one whose token may not ask for them.
            return {"exception": "webservice_access_exception", "errorcode": "accessexception"}
        raise Unreachable(f"{urlsplit(request.url).netloc} was not recorded answering this.")


def _same_call(recorded: dict[str, str], asked: dict[str, str]) -> bool:
    """Whether a recorded form is the one asked for; options that only shorten the answer may differ."""
    return recorded.items() <= asked.items()


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def recorded_http(calls: list[RecordedCall], fixed: dict[tuple[str, str], Any]) -> OutgoingHttp:
    """A session for every client of the tool."""
    http = OutgoingHttp()
    adapter = RecordedAnswers(calls, fixed)
    http.mount("https://", adapter)
    http.mount("http://", adapter)
    return http
