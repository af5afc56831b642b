"""Our answer to a deep linking request, read back as the platform will read it, before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.launch import DeepLinkingSettings
from lti_tool.domain.platform import Registration
from lti_tool.lti import claims as c

LIFE_SECONDS = 300
RESPONSE = "LtiDeepLinkingResponse"
LINK = "ltiResourceLink"
_TIMES = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}

log = structlog.get_logger(__name__)


def check_reply(
    token: str,
    key: RSAPublicKey,
    registration: Registration,
    deployment_id: str,
    settings: DeepLinkingSettings,
    now: datetime,
) -> None:
    """Raises `dl.reply_invalid` (500) unless a platform that keeps to LTI-DL 2.0, 4.5 would take the answer.

    The library that writes it may change; a platform says at most "invalid", and its person loses what she chose.
    The log names the claims that are wrong, not what they hold.
    """
    try:
        claims = jwt.decode(token, key, algorithms=["RS256"], options=_TIMES)  # type: ignore[arg-type]
    except jwt.PyJWTError as error:
        raise _invalid(["signature"]) from error
    expected = {
        "iss": registration.client_id,
        # PyLTI1p3 writes the one audience as a list of one, which is the same (RFC 7519, 4.1.3).
        "aud": [registration.issuer],
        c.MESSAGE_TYPE: RESPONSE,
        c.VERSION: c.LTI_VERSION,
        c.DEPLOYMENT_ID: deployment_id,
        c.DEEP_LINKING_DATA: settings.data,
    }
    wrong = [name for name, value in expected.items() if claims.get(name) != value]
    wrong += [name for name, holds in _RULES.items() if not holds(claims, settings, int(now.timestamp()))]
    if wrong:
        raise _invalid(wrong)


def _times_hold(claims: Mapping[str, Any], _: DeepLinkingSettings, now: int) -> bool:
    issued_at, expires_at = claims.get("iat"), claims.get("exp")
    if not isinstance(issued_at, int) or not isinstance(expires_at, int):
        return False
    return issued_at <= now < expires_at <= now + LIFE_SECONDS


def _has_nonce(claims: Mapping[str, Any], _: DeepLinkingSettings, __: int) -> bool:
    nonce = claims.get("nonce")
    return isinstance(nonce, str) and bool(nonce)


def _items_are_taken(claims: Mapping[str, Any], settings: DeepLinkingSettings, _: int) -> bool:
    items = claims.get(c.CONTENT_ITEMS)
    if not isinstance(items, list) or (len(items) > 1 and not settings.accept_multiple):
        return False
    return all(
        item.get("type") == LINK
        and LINK in settings.accept_types
        and not ("lineItem" in item and settings.accept_lineitem is False)
        for item in items
    )


_RULES: dict[str, Callable[[Mapping[str, Any], DeepLinkingSettings, int], bool]] = {
    "exp": _times_hold,
    "nonce": _has_nonce,
    c.CONTENT_ITEMS: _items_are_taken,
}


def _invalid(wrong: list[str]) -> BadgeToolError:
    log.error("deep_linking.reply_invalid", claims=wrong)
    return BadgeToolError(
        "dl.reply_invalid",
        "The answer to your learning platform came out wrong, so it was not sent.",
        status=500,
        hint="Nothing was placed. Please tell the administrator of LTI Badges.",
    )
