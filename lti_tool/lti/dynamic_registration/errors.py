"""Why a registration did not come about."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError

_NOTHING_KEPT = "Nothing was registered here. Remove the tool from the platform if it lists it, and start again."


def registration_error(code: str, message: str, *, status: int = 422, hint: str = _NOTHING_KEPT) -> BadgeToolError:
    """A BadgeToolError of the family `reg.`; `code` is written in full, so that it can be searched for."""
    return BadgeToolError(code, message, status=status, hint=hint)
