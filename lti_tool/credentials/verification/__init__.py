"""Checking a badge that somebody hands in: a file, a text, ours or another issuer's."""

from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.credentials.verification.verify import verify

__all__ = ["Resolver", "verify"]
