"""The one door out: every HTTP request the tool makes goes through `OutgoingHttp`."""

from requests import Response

from lti_tool.http.errors import AddressRefused, HttpError, HttpTimeout, SchemeRefused, TooLarge, Unreachable
from lti_tool.http.session import HttpSettings, OutgoingHttp, make_session

__all__ = [
    "AddressRefused",
    "HttpError",
    "HttpSettings",
    "HttpTimeout",
    "OutgoingHttp",
    "Response",
    "SchemeRefused",
    "TooLarge",
    "Unreachable",
    "make_session",
]
