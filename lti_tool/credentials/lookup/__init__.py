"""Looking up what a badge of another issuer refers to, over HTTPS and within limits."""

from lti_tool.credentials.lookup.budget import Budget, Remembered
from lti_tool.credentials.lookup.in_folder import FolderLookup
from lti_tool.credentials.lookup.over_http import HttpLookup

__all__ = ["Budget", "FolderLookup", "HttpLookup", "Remembered"]
