"""The answer to a deep linking request (LTI Deep Linking 2.0, 4.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.launch import DeepLinkingSettings
from lti_tool.domain.platform import Registration
from lti_tool.lti.claims import DEEP_LINKING_DATA
from lti_tool.lti.deep_linking_check import LIFE_SECONDS, check_reply
from lti_tool.lti.gradebook import MAXIMUM, TAG
from lti_tool.lti.keys import KeySource, signing_key
from lti_tool.lti.tool_config import library_registration
from lti_tool.usecases.ports import Clock


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A gradebook column to be made together with the link."""

    label: str
    maximum: float
    resource_id: str
    tag: str = ""

    @classmethod
    def of_badge(cls, achievement_id: str, label: str) -> NewColumn:
        """The column in which the gradebook's delivery finds the badge again: by its resource id and our tag."""
        return cls(label, MAXIMUM, achievement_id, TAG)


@dataclass(frozen=True, slots=True)
class ContentItem:
    """A link to be placed in the course. `icon` is an address, `custom` comes back with every launch of the link."""

    title: str
    url: str
    text: str = ""
    icon: str = ""
    custom: Mapping[str, str] = field(default_factory=dict)
    column: NewColumn | None = None


class _Resource(DeepLinkResource):
    """PyLTI1p3's link knows no description, and writes an empty `custom`, on which Moodle 4.4 fails: it reads the
    empty object as an array (mod/lti/locallib.php, content_item_to_form)."""

    def __init__(self, text: str) -> None:
        self._text = text

    def to_dict(self) -> dict[str, object]:
        members = {**super().to_dict(), "text": self._text}
        return {name: value for name, value in members.items() if value or name not in ("text", "custom")}


class DeepLinkingResponses:
    """Signs answers. The page posts them itself: PyLTI1p3's form puts the address into HTML unescaped."""

    def __init__(self, keys: KeySource, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    def response_jwt(
        self,
        registration: Registration,
        deployment_id: str,
        settings: DeepLinkingSettings,
        items: Sequence[ContentItem],
    ) -> str:
        """The value of the form's `JWT` field, good for five minutes. No items: the person chose nothing.

        `data` goes back as it came. Raises `dl.reply_used` where the platform takes one item, `dl.reply_invalid`.
        """
        if len(items) > 1 and not settings.accept_multiple:
            raise BadgeToolError(
                "dl.reply_used", "Your learning platform takes one card here.", status=422, hint="Choose one."
            )
        kid, private_key = signing_key(self._keys)
        ours = library_registration(registration).sign_with(kid, private_key)
        link = DeepLink(
            registration=ours,
            deployment_id=deployment_id,
            deep_link_settings={"deep_link_return_url": settings.return_url, "data": settings.data},
        )
        message = link.get_message_jwt(resources=[_resource(item, settings) for item in items])
        issued_at = int(self._clock.now().timestamp())
        message |= {"iat": issued_at, "exp": issued_at + LIFE_SECONDS}
        if settings.data is None:
            message.pop(DEEP_LINKING_DATA)
        token = str(link.encode_jwt(message))
        check_reply(token, private_key.public_key(), registration, deployment_id, settings, self._clock.now())
        return token


def settings_of(data: Mapping[str, Any]) -> DeepLinkingSettings:
    """The settings from the `deep_linking` member of Launch.session_data."""
    return DeepLinkingSettings(
        return_url=data["return_url"],
        accept_types=tuple(data["accept_types"]),
        accept_multiple=data["accept_multiple"],
        accept_lineitem=data["accept_lineitem"],
        data=data["data"],
    )


def _resource(item: ContentItem, settings: DeepLinkingSettings) -> DeepLinkResource:
    resource = _Resource(item.text).set_title(item.title).set_url(item.url)
    resource.set_custom_params(dict(item.custom))
    if item.icon:
        resource.set_icon_url(item.icon)
    if item.column is not None and settings.accept_lineitem is not False:
        column = LineItem().set_label(item.column.label).set_score_maximum(cast(int, item.column.maximum))
        column.set_resource_id(item.column.resource_id)
        if item.column.tag:
            column.set_tag(item.column.tag)
        resource.set_lineitem(column)
    return resource
