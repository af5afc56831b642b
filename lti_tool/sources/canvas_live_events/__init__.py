"""Live Events that Canvas Data Services sends by HTTPS (docs/reference/canvas-live-events.md).

https://developerdocs.instructure.com/services/canvas/data-services/live-events/overview/file.data_service_setup
"""

from lti_tool.sources.canvas_live_events.account import check_account
from lti_tool.sources.canvas_live_events.parse import MAX_BODY_BYTES, parse, read_payload
from lti_tool.sources.canvas_live_events.signature import looks_signed, verify
from lti_tool.sources.canvas_live_events.stream import JWKS_URL, SOURCE, Stream, read_stream
from lti_tool.sources.canvas_live_events.subscription import EVENTS, address_of, steps

__all__ = [
    "EVENTS",
    "JWKS_URL",
    "MAX_BODY_BYTES",
    "SOURCE",
    "Stream",
    "address_of",
    "check_account",
    "looks_signed",
    "parse",
    "read_payload",
    "read_stream",
    "steps",
    "verify",
]
