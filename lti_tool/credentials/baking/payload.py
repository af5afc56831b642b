"""The text that goes into an image."""

from __future__ import annotations

import re

from lti_tool.credentials.json_text import dump

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def payload_text(document: object) -> str:
    """JSON text of the same value, with no brace inside a string.

    The DCC wallet finds the end of the credential in a PNG by counting braces, wherever they stand.
    """
    return _STRING.sub(lambda match: match[0].replace("{", r"\u007b").replace("}", r"\u007d"), dump(document))
