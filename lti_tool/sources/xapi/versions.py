"""The header X-Experience-API-Version (xAPI 1.0.3, part three, 3.3; IEEE 9274.1.1, 4.2.2.4)."""

from __future__ import annotations

import re

from lti_tool.domain.errors import BadgeToolError

NEWEST_OF_1 = "1.0.3"
VERSIONS = (NEWEST_OF_1, "2.0.0")
_OF_1 = re.compile(r"1\.0(\.[0-9]{1,3})?")
_OF_2 = re.compile(r"2\.0(\.[0-9]{1,3})?")


def versions_told(asked: str | None) -> list[str]:
    """What is understood here. Clients of version 1 know of no other (tincan refuses a list with 2.0.0 in it), so they
    are told of theirs only."""
    return [NEWEST_OF_1] if asked and _OF_1.fullmatch(asked) else list(VERSIONS)


def answered_version(asked: str | None) -> str:
    """The version in which a request is answered; raises `event.version_unknown` for none or another one."""
    if asked and _OF_1.fullmatch(asked):
        return NEWEST_OF_1
    if asked and _OF_2.fullmatch(asked):
        return "2.0.0"
    raise BadgeToolError(
        "event.version_unknown",
        "The request names no version of xAPI that is understood here.",
        hint="Send X-Experience-API-Version: 1.0.3 or 2.0.0.",
    )
