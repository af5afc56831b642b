"""Logs without secrets, and the numbers an operator watches."""

from lti_tool.observability.logs import configure_logs, correlation, get_logger
from lti_tool.observability.redaction import redact

__all__ = ["configure_logs", "correlation", "get_logger", "redact"]
