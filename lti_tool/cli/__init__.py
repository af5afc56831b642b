"""The command line: lti-badges."""

from lti_tool.cli.main import main

__all__ = ["main"]
