"""The signed answer to a Deep Linking request, made from what a page chose."""

from __future__ import annotations

from typing import Any

from lti_tool.bootstrap.house import House
from lti_tool.domain.errors import NotFound
from lti_tool.lti.deep_linking import ContentItem, DeepLinkingResponses, NewColumn, settings_of
from lti_tool.lti.tool import LtiTool
from lti_tool.usecases.answer_once import AnswerOnce
from lti_tool.usecases.ports import LaunchSession


class AnswerDeepLinking:
    """Once a session. Raises `dl.reply_used`, `dl.reply_invalid`, `platform.unknown`."""

    def __init__(self, house: House, tool: LtiTool) -> None:
        self._tool = tool
        self._responses = DeepLinkingResponses(house.key_store, house.clock)
        self._answer_once = AnswerOnce(house.transactions)

    def __call__(self, session: LaunchSession, items: list[dict[str, Any]]) -> str:
        registration = self._tool.registration_of(session.registration_id)
        if registration is None:
            raise NotFound("platform.unknown", "This platform is not known any more.")
        settings = settings_of(session.data["deep_linking"])
        chosen = list(map(_content, items))
        signed = self._responses.response_jwt(registration, session.deployment_id, settings, chosen)
        # Only an answer that is right is used up.
        self._answer_once(session)
        return signed


def _content(item: dict[str, Any]) -> ContentItem:
    column = item.get("column")
    return ContentItem(**item | {"column": NewColumn.of_badge(**column) if column else None})
