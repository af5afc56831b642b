"""What every refusal must show: its status and code, a page without inner detail, a line in the log that the page's
reference leads to and that holds nothing of the token, and nothing written, opened or asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from lti_tool.domain.errors import BadgeToolError
from tests.certification.rows import ROWS
from tests.fakes.lti_platform import JWKS_URL, registration
from tests.fakes.lti_stage import Stage, refusal_code

LAUNCH, MESSAGE = "launch", "message"
PATHS = (LAUNCH, MESSAGE)
_INNER = ("Traceback", "pylti1p3", "LtiException", "sqlalchemy", "lti_tool/", "File &#34;", "Robin", "user-7")


def refuse(
    stage: Stage,
    row: str,
    status: int,
    send: Callable[[], TestResponse],
    *,
    secrets: Iterable[str] = (),
) -> TestResponse:
    """Sends what must be refused, and checks everything that is asked of a refusal. `secrets` are values that must
    stand neither in the page nor in the log."""
    before, calls, opened = stage.rows(), len(stage.web.calls), len(stage.opened)
    with capture_logs() as logs:
        response = send()
    code = refusal_code(response)
    assert (response.status_code, code) == (status, ROWS[row])
    assert stage.rows() == before, "a refusal wrote something"
    assert len(stage.opened) == opened, "a session was opened"
    assert {call.request.url for call in stage.web.calls[calls:]} <= {JWKS_URL}, "it asked somebody else"
    _check_log(logs, code, response)
    everything = response.text + repr(logs)
    for inner in _INNER:
        assert inner not in response.text
    for secret in secrets:
        assert secret not in everything
    return response


def refuse_message(stage: Stage, row: str, status: int, token: str) -> None:
    """The same of a message that comes without a browser, as a notice does."""
    before, calls = stage.rows(), len(stage.web.calls)
    with pytest.raises(BadgeToolError) as refused:
        stage.tool.verify_platform_jwt(token, registration())
    assert (refused.value.status, refused.value.code) == (status, ROWS[row])
    assert stage.rows() == before
    assert {call.request.url for call in stage.web.calls[calls:]} <= {JWKS_URL}


def refuse_token(stage: Stage, path: str, row: str, status: int, make: Callable[[Stage, dict[str, Any]], str]) -> None:
    """A token that `make` makes of the claims of a good launch, sent by one of the two `PATHS`."""
    if path == MESSAGE:
        refuse_message(stage, row, status, make(stage, stage.platform.claims("nonce-of-a-notice")))
        return
    login = stage.login()
    token = make(stage, stage.platform.claims(login.nonce))
    secrets = [part for part in (*token.split("."), login.state, login.nonce) if len(part) > 20]
    refuse(stage, row, status, lambda: stage.post(login.state, token), secrets=secrets)


def _check_log(logs: list[Any], code: str, response: TestResponse) -> None:
    shown = re.search(r'id="correlation-id">([0-9a-f]{16})<', response.text)
    assert shown, response.text
    lines = [line for line in logs if line.get("code") == code]
    assert [line["correlation_id"] for line in lines] == [shown[1]]
    assert set(lines[0]) <= {"event", "log_level", "code", "status", "registration", "correlation_id"}
