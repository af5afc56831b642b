"""Events that a platform or a script sends us, signed after Standard Webhooks (docs/reference/webhook.md)."""

from lti_tool.sources.webhook.parse import MAX_BODY_BYTES, SOURCE, read_activity, read_event
from lti_tool.sources.webhook.parse import parse_body as parse
from lti_tool.sources.webhook.schema import VERSION as SCHEMA_VERSION
from lti_tool.sources.webhook.schema import schema_text
from lti_tool.sources.webhook.signature import NOT_THE_SECRET, signing_secret, verify

__all__ = [
    "MAX_BODY_BYTES",
    "NOT_THE_SECRET",
    "SCHEMA_VERSION",
    "SOURCE",
    "parse",
    "read_activity",
    "read_event",
    "schema_text",
    "signing_secret",
    "verify",
]
