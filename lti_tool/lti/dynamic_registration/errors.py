"""Why a registration did not come about."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError

_NOTHING_KEPT = "Nothing was registered here. Remove the tool from the platform if it lists it, and start again."


def registration_error(code: str, message: str, *, status: int = 422, hint: str = _NOTHING_KEPT) -> BadgeToolError:
    """A BadgeToolError `registration.<code>`."""
    return BadgeToolError(f"registration.{code}", message, status=status, hint=hint)
