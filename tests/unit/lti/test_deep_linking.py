"""The answer to a deep linking request, checked as a platform checks it (DR06: aud, iss, data)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jwt
import pytest

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.launch import DeepLinkingSettings, Launch, MessageType
from lti_tool.lti import claims as c
from lti_tool.lti.deep_linking import ContentItem, DeepLinkingResponses, NewColumn, settings_of
from tests.fakes.clock import FakeClock
from tests.fakes.lti_platform import CLIENT_ID, ISSUER, registration
from tests.fakes.signing import FakeKeys

SETTINGS = DeepLinkingSettings(
    return_url=f"{ISSUER}/return",
    accept_types=("ltiResourceLink",),
    accept_multiple=False,
    accept_lineitem=None,
    data="opaque <&> text",
)
CARD = ContentItem(title="Lab Safety", url="https://badges.example/lti/reg-1/launch", custom={"badge": "42"})


def answer(settings: DeepLinkingSettings = SETTINGS, items: list[ContentItem] | None = None) -> dict[str, Any]:
    responses = DeepLinkingResponses(FakeKeys(), FakeClock())
    token = responses.response_jwt(registration(), "d-1", settings, [CARD] if items is None else items)
    assert jwt.get_unverified_header(token)["kid"] == "tool-2"
    key = FakeKeys().active("lti").private_key.public_key()
    unchecked = {"verify_exp": False, "verify_iat": False}
    claims: dict[str, Any] = jwt.decode(token, key, ["RS256"], audience=ISSUER, options=unchecked)
    return claims


def test_the_message_is_addressed_to_the_platform() -> None:
    claims = answer()
    now = int(FakeClock().now().timestamp())
    assert (claims["iss"], claims["iat"], claims["exp"]) == (CLIENT_ID, now, now + 300)
    assert claims["nonce"]
    assert claims[c.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    assert (claims[c.VERSION], claims[c.DEPLOYMENT_ID]) == ("1.3.0", "d-1")
    assert claims[c.DEEP_LINKING_DATA] == "opaque <&> text"


def test_data_is_left_out_where_none_was_given() -> None:
    assert c.DEEP_LINKING_DATA not in answer(replace(SETTINGS, data=None))


def test_a_link_says_all_it_has() -> None:
    column = NewColumn("Lab Safety", 1, "badge-42", "lti-badges")
    item = replace(CARD, text="Earn it", icon="https://badges.example/i.png", column=column)
    assert answer(items=[item])[c.CONTENT_ITEMS] == [
        {
            "type": "ltiResourceLink",
            "title": "Lab Safety",
            "text": "Earn it",
            "url": "https://badges.example/lti/reg-1/launch",
            "custom": {"badge": "42"},
            "icon": {"url": "https://badges.example/i.png"},
            "lineItem": {"label": "Lab Safety", "scoreMaximum": 1, "resourceId": "badge-42", "tag": "lti-badges"},
        }
    ]
    unwanted = answer(replace(SETTINGS, accept_lineitem=False), [item])
    assert "lineItem" not in unwanted[c.CONTENT_ITEMS][0]


def test_an_empty_member_is_left_out() -> None:
    """Moodle 4.4 fails on an empty `custom`: "Argument #1 ($params) must be of type object, array given"."""
    (item,) = answer(items=[ContentItem(title="My badges", url="https://badges.example/lti/reg-1/launch")])[
        c.CONTENT_ITEMS
    ]
    assert item == {"type": "ltiResourceLink", "title": "My badges", "url": "https://badges.example/lti/reg-1/launch"}


def test_nothing_may_be_chosen() -> None:
    assert answer(items=[])[c.CONTENT_ITEMS] == []


def test_dr07_one_item_where_one_is_taken() -> None:
    with pytest.raises(BadgeToolError, match=r"dl\.reply_used"):
        answer(items=[CARD, CARD])
    assert len(answer(replace(SETTINGS, accept_multiple=True), [CARD, CARD])[c.CONTENT_ITEMS]) == 2


def test_settings_survive_the_session() -> None:
    launch = Launch("r", "d", MessageType.DEEP_LINKING, "s", (), "https://badges.example/", deep_linking=SETTINGS)
    assert settings_of(launch.session_data()["deep_linking"]) == SETTINGS
