"""A launch after every check has passed: plain values, so that nothing behind the LTI room reads claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from lti_tool.domain.aliases import Alias, CourseAlias
from lti_tool.domain.roles import CourseRole, course_role


class MessageType(StrEnum):
    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"


@dataclass(frozen=True, slots=True)
class ServiceEndpoints:
    """What the launch says of the platform's services. Empty text where a service is not offered."""

    lineitems_url: str = ""
    lineitem_url: str = ""
    ags_scopes: tuple[str, ...] = ()
    memberships_url: str = ""
    groups_url: str = ""
    notice_service_url: str = ""
    notice_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """The claim https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings (LTI-DL 2.0, 4.4.1)."""

    return_url: str
    accept_types: tuple[str, ...]
    accept_multiple: bool
    accept_lineitem: bool | None
    data: str | None


@dataclass(frozen=True, slots=True)
class LoginUse:
    """The login that a launch ends, by the name under which it is used up, once; and when the message came."""

    name: str
    came_at: datetime


@dataclass(frozen=True, slots=True)
class Launch:
    """Who launched from where. `left_out` are codes of values in the message that were not believed; `login` is what
    has to be used up with it (None: nothing).

    `subject` is the LTI ``sub``; `context_id` "" where the launch has no course."""

    registration_id: str
    deployment_id: str
    message_type: MessageType
    subject: str
    roles: tuple[str, ...]
    target_link_uri: str
    name: str = ""
    email: str = ""
    context_id: str = ""
    context_title: str = ""
    resource_link_id: str = ""
    resource_link_title: str = ""
    endpoints: ServiceEndpoints = ServiceEndpoints()
    deep_linking: DeepLinkingSettings | None = None
    custom: dict[str, str] = field(default_factory=dict)
    locale: str = ""
    return_url: str = ""
    document_target: str = ""
    product: str = ""
    product_version: str = ""
    platform_guid: str = ""
    aliases: tuple[Alias, ...] = ()
    course_aliases: tuple[CourseAlias, ...] = ()
    left_out: tuple[str, ...] = ()
    login: LoginUse | None = None

    @property
    def course_role(self) -> CourseRole:
        return course_role(self.roles)

    def session_data(self) -> dict[str, Any]:
        """What pages need later, as JSON values."""
        settings = self.deep_linking
        return {
            "message_type": self.message_type.value,
            "locale": self.locale,
            "return_url": self.return_url,
            "document_target": self.document_target,
            "resource_link_id": self.resource_link_id,
            "custom": self.custom,
            "target_link_uri": self.target_link_uri,
            "deep_linking": None
            if settings is None
            else {
                "return_url": settings.return_url,
                "accept_types": list(settings.accept_types),
                "accept_multiple": settings.accept_multiple,
                "accept_lineitem": settings.accept_lineitem,
                "data": settings.data,
            },
        }
