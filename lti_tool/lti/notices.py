"""Notices of platforms (LTI Platform Notification Service 1.0): asking for them, and reading what comes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.notice import Notice, NoticeType
from lti_tool.domain.platform import Registration
from lti_tool.lti import claims as c
from lti_tool.lti.connector import PlatformConnector
from lti_tool.lti.service_errors import ServiceError
from lti_tool.lti.service_tokens import CachedServiceTokens
from lti_tool.lti.tool import LtiTool

# How many notices one message may bring; platforms are told when they subscribe us.
MOST_NOTICES = 100
_ROOM = "notice_service"
_JSON = "application/json"
_IDENTIFIER = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,255}")
# What is new each time that a notice is sent.
_OF_THE_MESSAGE = frozenset({"iat", "exp", "nbf", "nonce", "jti"})


class PnsHandlers:
    """Implements usecases.ports.NoticeHandlers."""

    def __init__(self, http: requests.Session, tokens: CachedServiceTokens) -> None:
        self._http = http
        self._tokens = tokens

    def subscribe(self, registration: Registration, service_url: str, handler: str, types: Sequence[NoticeType]) -> int:
        """Names `handler` for those types that have another; gives for how many. None where the scope was not granted.

        Raises ServiceError `notice_service.*` and `token.*`.
        """
        if registration.service_scopes and c.SCOPE_NOTICES not in registration.service_scopes:
            return 0
        connector = PlatformConnector(registration, self._tokens, self._http, _ROOM)
        held = _held(connector.make_service_request([c.SCOPE_NOTICES], service_url, accept=_JSON)["body"])
        wanted = [kind for kind in types if held.get(kind) != handler]
        for kind in wanted:
            body = {"notice_type": kind.value, "handler": handler, "max_batch_size": MOST_NOTICES}
            connector.replace([c.SCOPE_NOTICES], service_url, json.dumps(body), media_type=_JSON)
        return len(wanted)


def _held(body: Any) -> dict[str, str]:
    """Handler by type of notice."""
    listed = body.get("notice_handlers") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        raise ServiceError(f"{_ROOM}.malformed", "The platform's answer is not the list it should be.")
    return {row["notice_type"]: row["handler"] for row in listed if _is_handler(row)}


def _is_handler(row: Any) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(name), str) for name in ("notice_type", "handler"))


def read_notices(body: bytes) -> list[Any]:
    """The tokens of one message, whatever they are: ``{"notices": [{"jwt": "…"}, …]}``. Raises `notice.*`."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _malformed("The message is not JSON.") from error
    entries = message.get("notices") if isinstance(message, dict) else None
    if not isinstance(entries, list):
        raise _malformed("The message holds no list of notices.")
    if len(entries) > MOST_NOTICES:
        raise BadgeToolError("notice.too_many", f"A message may bring {MOST_NOTICES} notices at most.", status=413)
    return [entry.get("jwt") if isinstance(entry, dict) else None for entry in entries]


class NoticeReader:
    """From a signed notice to plain values, after the same checks as a launch."""

    def __init__(self, tool: LtiTool) -> None:
        self._tool = tool

    def __call__(self, compact: str, registration: Registration, received_at: datetime) -> Notice:
        """Raises what LtiTool.verify_platform_jwt raises (`jwt.*`, `keys.*`, `claim.*`, `lti.*`) and `notice.*`."""
        claims = self._tool.verify_platform_jwt(compact, registration)
        _check_version(claims)
        about = claims.get(c.NOTICE)
        if not isinstance(about, dict):
            raise _malformed("It does not say what it is about.")
        notice_id = about.get("id")
        if not isinstance(notice_id, str) or not _IDENTIFIER.fullmatch(notice_id):
            raise _malformed("It has no id.")
        if about.get("type") not in tuple(NoticeType):
            raise BadgeToolError("notice.type_unknown", "The tool did not ask for this kind of notice.")
        kind = NoticeType(about["type"])
        return Notice(
            registration_id=registration.id,
            notice_id=notice_id,
            deployment_id=claims[c.DEPLOYMENT_ID],
            type=kind,
            context_id=_context(claims, kind),
            payload={name: value for name, value in claims.items() if name not in _OF_THE_MESSAGE},
            occurred_at=_time(about.get("timestamp")),
            received_at=received_at,
        )


def _check_version(claims: dict[str, Any]) -> None:
    if claims.get(c.VERSION) in (None, ""):
        raise BadgeToolError("lti.version_missing", "The notice does not name its version of LTI.")
    if claims[c.VERSION] != c.LTI_VERSION:
        raise BadgeToolError("lti.version_unsupported", "Only LTI 1.3 is spoken here.")


def _context(claims: dict[str, Any], kind: NoticeType) -> str:
    context = claims.get(c.CONTEXT)
    context_id = context.get("id") if isinstance(context, dict) else None
    if isinstance(context_id, str) and _IDENTIFIER.fullmatch(context_id):
        return context_id
    if kind is NoticeType.CONTEXT_COPY:
        raise _malformed("It does not name the course.")
    return ""


def _time(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise _malformed("Its time cannot be read.") from error


def _malformed(why: str) -> BadgeToolError:
    return BadgeToolError("notice.malformed", f"The notice cannot be used. {why}")
