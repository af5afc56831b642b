"""Whatever a token holds, it is read or refused; nothing else may happen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.launch import Launch
from lti_tool.lti import claims as c
from lti_tool.lti.browser_storage import fingerprint
from lti_tool.lti.message_claims import check_message, check_required, to_launch
from lti_tool.lti.standard_claims import check_standard_claims
from lti_tool.lti.token_form import read_form
from tests.fakes.clock import FakeClock
from tests.fakes.lti_platform import BASE_URL, CLIENT_ID, GONE, ISSUER, LAUNCH_URL, FakePlatform, registration

CLOCK = FakeClock()
GOOD = FakePlatform(CLOCK).claims("nonce")
NAMES = sorted({*GOOD, "azp", "nbf", c.CUSTOM, c.LAUNCH_PRESENTATION, c.TOOL_PLATFORM, c.DEEP_LINKING_SETTINGS})
KEYS = st.sampled_from(["id", "title", "scope", "lineitems", "return_url", "deep_link_return_url", "accept_types", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
CHANGES = st.dictionaries(st.sampled_from(NAMES), JSON | st.just(GONE), max_size=4)


def read(claims: dict[str, Any]) -> Launch:
    check_standard_claims(claims, issuer=ISSUER, client_id=CLIENT_ID, now=CLOCK.now())
    check_required(claims)
    check_message(claims, fingerprint(LAUNCH_URL), BASE_URL)
    return to_launch(registration(), claims)


def outcome(claims: dict[str, Any]) -> Launch | BadgeToolError:
    try:
        return read(claims)
    except BadgeToolError as error:
        return error


def test_the_unchanged_claims_are_read() -> None:
    assert read(GOOD).subject == "user-7"


@given(CHANGES)
@example({c.MESSAGE_TYPE: {"id": 1}})
@example({c.DEEP_LINKING_SETTINGS: [], c.MESSAGE_TYPE: "LtiDeepLinkingRequest"})
def test_claims_are_read_or_refused(changes: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**GOOD, **changes}.items() if value is not GONE}
    found = outcome(claims)
    if isinstance(found, BadgeToolError):
        assert found.code.split(".")[0] in ("claim", "dl", "jwt", "lti")
        assert found.status in (400, 401, 403)
    else:
        assert found.subject == claims["sub"]
        assert found.session_data()["message_type"] == claims[c.MESSAGE_TYPE]


@given(st.text(alphabet='aA0-_.=+/ {}"\x00é', max_size=80) | st.text(max_size=80))
def test_a_token_is_taken_apart_or_refused(text: str) -> None:
    with pytest.raises(BadgeToolError):
        read_form(text)
