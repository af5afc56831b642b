"""Notices: asking for them, and reading what comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.notice import NoticeType
from lti_tool.http.session import OutgoingHttp
from lti_tool.lti import claims as c
from lti_tool.lti.claims import SCOPE_NOTICES
from lti_tool.lti.message_claims import to_launch
from lti_tool.lti.notices import MOST_NOTICES, PnsHandlers, read_notices
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from tests.fakes.clock import FakeClock
from tests.fakes.lti_platform import FakePlatform, registration

SERVICE = "https://lms.example/api/lti/notice-handlers/106"
HANDLER = "https://badges.example/lti/reg-1/notices"
BOTH = (NoticeType.CONTEXT_COPY, NoticeType.HELLO_WORLD)


@pytest.fixture
def handlers(http: OutgoingHttp, tokens: CachedServiceTokens) -> PnsHandlers:
    return PnsHandlers(http, tokens)


def held(**by_type: str) -> dict[str, Any]:
    rows = [{"notice_type": name, "handler": handler} for name, handler in by_type.items()]
    return {"client_id": "1", "deployment_id": "2", "notice_handlers": rows}


def puts(web: responses.RequestsMock) -> list[Any]:
    return [json.loads(call.request.body or "") for call in web.calls if call.request.method == "PUT"]


def test_what_has_another_handler_is_asked_for(web: responses.RequestsMock, handlers: PnsHandlers) -> None:
    web.add("GET", SERVICE, json=held(LtiContextCopyNotice="", LtiHelloWorldNotice=HANDLER, LtiOther="x"))
    web.add("PUT", SERVICE, json={})
    assert handlers.subscribe(registration(), SERVICE, HANDLER, BOTH) == 1
    assert puts(web) == [{"notice_type": "LtiContextCopyNotice", "handler": HANDLER, "max_batch_size": MOST_NOTICES}]
    assert web.calls[-1].request.headers["Authorization"] == "Bearer token-1"


def test_what_stands_already_is_left_alone(web: responses.RequestsMock, handlers: PnsHandlers) -> None:
    web.add("GET", SERVICE, json=held(LtiContextCopyNotice=HANDLER, LtiHelloWorldNotice=HANDLER))
    assert handlers.subscribe(registration(), SERVICE, HANDLER, BOTH) == 0
    assert puts(web) == []


def test_without_the_scope_nothing_is_asked(web: responses.RequestsMock, handlers: PnsHandlers) -> None:
    assert handlers.subscribe(registration(service_scopes=("other",)), SERVICE, HANDLER, BOTH) == 0
    assert not web.calls
    web.add("GET", SERVICE, json=held(LtiContextCopyNotice=HANDLER))
    granted = registration(service_scopes=(SCOPE_NOTICES,))
    assert handlers.subscribe(granted, SERVICE, HANDLER, [NoticeType.CONTEXT_COPY]) == 0
    assert len(web.calls) == 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status": 403}, "notice_service.refused"),
        ({"status": 500}, "notice_service.unavailable"),
        ({"json": []}, "notice_service.malformed"),
        ({"json": {"notice_handlers": {}}}, "notice_service.malformed"),
        ({"body": "<html>"}, "notice_service.malformed"),
    ],
)
def test_a_service_that_is_none(
    web: responses.RequestsMock, handlers: PnsHandlers, answer: dict[str, Any], code: str
) -> None:
    web.add("GET", SERVICE, **answer)
    with pytest.raises(ServiceError) as refused:
        handlers.subscribe(registration(), SERVICE, HANDLER, BOTH)
    assert refused.value.code == code
    assert puts(web) == []


def test_another_host_gets_no_token(web: responses.RequestsMock, handlers: PnsHandlers) -> None:
    with pytest.raises(ServiceError, match=r"notice_service\.url_forbidden"):
        handlers.subscribe(registration(), "https://evil.example/handlers", HANDLER, BOTH)
    assert not web.calls


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "notice.malformed"),
        (b"\xff", "notice.malformed"),
        (b"[" * 100_000, "notice.malformed"),
        (b"[]", "notice.malformed"),
        (b"{}", "notice.malformed"),
        (b'{"notices": {"jwt": "a"}}', "notice.malformed"),
        (json.dumps({"notices": [{"jwt": "a"}] * (MOST_NOTICES + 1)}).encode(), "notice.too_many"),
    ],
)
def test_a_message_that_is_none(body: bytes, code: str) -> None:
    with pytest.raises(BadgeToolError) as refused:
        read_notices(body)
    assert refused.value.code == code


def test_a_message_is_taken_apart_without_judging_its_entries() -> None:
    body = b'{"notices": [{"jwt": "a"}, 7, {}, {"jwt": null}], "more": 1}'
    assert read_notices(body) == ["a", None, None, None]


OFFER = {
    "service_versions": ["1.0"],
    "platform_notification_service_url": SERVICE,
    "scope": [SCOPE_NOTICES],
    "notice_types_supported": ["LtiHelloWorldNotice", 7, "LtiContextCopyNotice"],
}


def test_a_launch_says_where_notices_are_asked_for() -> None:
    platform = FakePlatform(FakeClock())
    launch = to_launch(registration(), platform.claims("n", **{c.NOTICE_SERVICE: OFFER}))
    assert launch.endpoints.notice_service_url == SERVICE
    assert launch.endpoints.notice_types == ("LtiHelloWorldNotice", "LtiContextCopyNotice")
    assert to_launch(registration(), platform.claims("n")).endpoints.notice_service_url == ""


def test_a_launch_that_names_a_service_elsewhere_is_refused() -> None:
    claims = FakePlatform(FakeClock()).claims(
        "n", **{c.NOTICE_SERVICE: OFFER | {"platform_notification_service_url": "https://10.0.0.1/handlers"}}
    )
    with pytest.raises(BadgeToolError, match=r"lti\.service_url_forbidden"):
        to_launch(registration(), claims)


def test_a_launch_tells_other_names_of_the_person() -> None:
    changes = {
        c.CUSTOM: {"user_id": "18", "user_username": "$User.username"},
        c.LTI11_USER_ID: "f" * 40,
        c.LIS: {"person_sourcedid": "S-1"},
    }
    launch = to_launch(registration(), FakePlatform(FakeClock()).claims("n", **changes))
    assert {alias.key for alias in launch.aliases} == {
        ("lms_user_id", "18"),
        ("lti11_user_id", "f" * 40),
        ("sis_user_id", "S-1"),
    }
