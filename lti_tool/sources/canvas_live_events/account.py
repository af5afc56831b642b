"""Whose Canvas an event comes from.

Canvas signs the events of all its customers with the same keys: a good signature says that Canvas sent it, and not for
whom. So the event's own account has to be the one whose launches the platform's registration brought.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lti_tool.domain.errors import BadgeToolError
from lti_tool.sources.canvas_live_events.stream import Stream, host_of
from lti_tool.sources.values import mapping

CANVAS = "com.instructure.canvas"


def check_account(payload: Mapping[str, Any], stream: Stream, platform_guid: str) -> None:
    """Raises `event.tenant_mismatch` (401) unless everything in the payload comes from this platform's account.

    `platform_guid` is the ``guid`` of its launches ("" before the first): Canvas fills it, and the events'
    ``root_account_lti_guid``, from one column. Without the one or the other the host decides.
    """
    for guid, hosts in _accounts(payload):
        is_ours = guid == platform_guid if guid and platform_guid else bool(set(hosts) & set(stream.hosts))
        if not is_ours:
            raise BadgeToolError(
                "event.tenant_mismatch",
                "The event comes from another account of Canvas.",
                status=401,
                hint="Open LTI Badges once from a course of this Canvas, or name its host with the stream.",
            )


def _accounts(payload: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """(guid, hosts) of each event in the payload; one at least, so that nothing passes unasked."""
    if "data" not in payload:
        metadata = mapping(payload.get("metadata"))
        yield _text(metadata.get("root_account_lti_guid")), _hosts(metadata.get("hostname"))
        return
    data = payload["data"]
    for event in data if isinstance(data, list) and data else [data]:
        said = mapping(event)
        about_actor = mapping(mapping(mapping(said.get("actor")).get("extensions")).get(CANVAS))
        about_event = mapping(mapping(said.get("extensions")).get(CANVAS))
        application = said.get("edApp")
        address = application if isinstance(application, str) else mapping(application).get("id")
        hosts = _hosts(about_event.get("hostname")) + _hosts(host_of(_text(address)))
        yield _text(about_actor.get("root_account_lti_guid")), hosts


def _hosts(value: Any) -> list[str]:
    return [value.lower()] if isinstance(value, str) and value else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
