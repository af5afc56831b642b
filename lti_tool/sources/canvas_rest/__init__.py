"""Grades, submissions and completion from Canvas's REST interface.

Over LTI Canvas shows a tool its own columns only, and its Live Events name no module. So a course is read with a second
key, a developer key for the API, to which an administrator consents once.
"""

from lti_tool.sources.canvas_rest.calls import CALLS, SCOPES, Call
from lti_tool.sources.canvas_rest.client import CanvasApi
from lti_tool.sources.canvas_rest.diagnosis import CanvasProbe
from lti_tool.sources.canvas_rest.errors import CanvasError
from lti_tool.sources.canvas_rest.oauth import CanvasOauth
from lti_tool.sources.canvas_rest.source import CanvasRestSource
from lti_tool.sources.canvas_rest.statements import SOURCE
from lti_tool.sources.canvas_rest.turns import Turns

__all__ = [
    "CALLS",
    "SCOPES",
    "SOURCE",
    "Call",
    "CanvasApi",
    "CanvasError",
    "CanvasOauth",
    "CanvasProbe",
    "CanvasRestSource",
    "Turns",
]
