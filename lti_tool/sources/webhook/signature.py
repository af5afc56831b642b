"""Who sent it, and when: the signature of Standard Webhooks 1.0 over the raw bytes.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from lti_tool.domain.errors import BadgeToolError

TOLERANCE_SECONDS = 300
# During a change of secrets a sender signs with the old and the new one; nobody needs more than a few.
MOST_SIGNATURES = 10
SCHEME = "v1,"
NOT_THE_SECRET = "event.signature_invalid"
SIGNATURE_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def verify(headers: Mapping[str, str], raw_body: bytes, secrets: Sequence[str], now: datetime) -> str:
    """The one of `secrets` ("whsec_…") that signed the body within 300 seconds of `now`.

    Raises `event.unsigned`, `event.stale`, `event.future`, `event.alg_forbidden` or `event.signature_invalid`, each
    with status 401, and `event.malformed` for bytes that are not UTF-8.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message_id, stamp, signatures = (given.get(name, "") for name in SIGNATURE_HEADERS)
    if not (message_id and stamp and signatures):
        raise BadgeToolError("event.unsigned", "The request is not signed.", status=401)
    sent_at = _sent_at(stamp)
    age = (now - sent_at).total_seconds()
    if age > TOLERANCE_SECONDS:
        raise BadgeToolError("event.stale", "The request was signed more than five minutes ago.", status=401)
    if age < -TOLERANCE_SECONDS:
        raise BadgeToolError("event.future", "The request is signed with a time still to come.", status=401)
    offered = _offered(signatures)
    text = _as_text(raw_body)
    for secret in secrets:
        expected = _signature(secret, message_id, sent_at, text)
        if expected and any(
            hmac.compare_digest(expected.encode(), each.encode("utf-8", "replace")) for each in offered
        ):
            return secret
    raise _invalid()


def signing_secret(text: str) -> str:
    """A text that was made at random, as senders enter it: "whsec_" and Base64 (Standard Webhooks 1.0, signature
    scheme)."""
    return "whsec_" + base64.b64encode(text.encode()).decode()


def _offered(signatures: str) -> list[str]:
    """Those of the scheme that counts here; "v1a" (a public key's) and whatever comes later may stand beside them."""
    offered = [each for each in signatures.split(" ")[:MOST_SIGNATURES] if each.startswith(SCHEME)]
    if not offered:
        raise BadgeToolError(
            "event.alg_forbidden",
            "The request is not signed with HMAC-SHA-256.",
            status=401,
            hint="The signature begins with “v1,”.",
        )
    return offered


def _invalid() -> BadgeToolError:
    return BadgeToolError(
        NOT_THE_SECRET,
        "The signature does not fit.",
        status=401,
        hint="Sign the exact bytes that are sent, with the secret shown for this platform.",
    )


def _sent_at(stamp: str) -> datetime:
    # Whole seconds, written in the one way in which the signature repeats them.
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11) or str(int(stamp)) != stamp:
        raise _invalid()
    return datetime.fromtimestamp(int(stamp), UTC)


def _as_text(raw_body: bytes) -> str:
    # Strict UTF-8 decodes to a text that encodes to the very same bytes, so nothing is re-serialised here.
    try:
        return raw_body.decode()
    except UnicodeDecodeError:
        raise BadgeToolError("event.malformed", "The body is not UTF-8.") from None


def _signature(secret: str, message_id: str, sent_at: datetime, text: str) -> str:
    """The signature as the header carries it; "" for a secret or an id that cannot sign."""
    try:
        # The library's own verify() reads the machine's clock; ours is handed in.
        return Webhook(secret).sign(message_id, sent_at, text)
    except (ValueError, RuntimeError, EmptyWebhookSecretError):
        return ""
