"""Assembles everything from Settings. The only room that knows concrete classes."""

from lti_tool.bootstrap.house import House, assemble

__all__ = ["House", "assemble"]
