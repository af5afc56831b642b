"""Events of Caliper Analytics 1.0, 1.1 and 1.2, as sensors send them in envelopes (docs/reference/caliper.md)."""

from lti_tool.sources.caliper.credentials import new_api_key, read_bearer
from lti_tool.sources.caliper.parse import MAX_BODY_BYTES, SOURCE, parse

__all__ = ["MAX_BODY_BYTES", "SOURCE", "new_api_key", "parse", "read_bearer"]
