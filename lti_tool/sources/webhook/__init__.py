"""Events that a platform or a script sends us, signed after Standard Webhooks (docs/reference/webhook.md)."""

from lti_tool.sources.webhook.parse import MAX_BODY_BYTES, SOURCE, read_activity, read_event
from lti_tool.sources.webhook.parse import parse_body as parse
from lti_tool.sources.webhook.signature import NOT_THE_SECRET, signing_secret, verify

__all__ = [
    "MAX_BODY_BYTES",
    "NOT_THE_SECRET",
    "SOURCE",
    "parse",
    "read_activity",
    "read_event",
    "signing_secret",
    "verify",
]
