"""Checking a badge that somebody hands in: a file, a text, ours or another issuer's."""

from lti_tool.credentials.verification.presentation import Asked, PresentationReport, enveloped, verify_presentation
from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.credentials.verification.verify import verify

__all__ = ["Asked", "PresentationReport", "Resolver", "enveloped", "verify", "verify_presentation"]
