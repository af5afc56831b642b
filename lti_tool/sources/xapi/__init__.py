"""Statements of the Experience API (xAPI) 1.0.3 and 2.0, as LMSs and content send them (docs/reference/xapi.md)."""

from lti_tool.sources.xapi.credentials import read_basic
from lti_tool.sources.xapi.parse import MAX_BODY_BYTES, SOURCE, Reading, parse
from lti_tool.sources.xapi.versions import NEWEST_OF_1, answered_version, versions_told

__all__ = [
    "MAX_BODY_BYTES",
    "NEWEST_OF_1",
    "SOURCE",
    "Reading",
    "answered_version",
    "parse",
    "read_basic",
    "versions_told",
]
