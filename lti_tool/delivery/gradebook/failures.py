"""Whether a refusal of the platform is worth another try."""

from __future__ import annotations

from lti_tool.delivery.errors import DeliveryError
from lti_tool.domain.errors import BadgeToolError

# 401: a token ran out early; 409: a platform whose clock is ahead of ours wrote a moment ago; 408, 425, 429 and 5xx
# pass by themselves. Every other 4xx stands until someone acts: a learner who left, a course that is over.
_PASSING = frozenset({401, 408, 409, 425, 429})


def delivery_error(error: BadgeToolError) -> DeliveryError:
    """The same error, saying whether to try again and after how many seconds."""
    if isinstance(error, DeliveryError):
        return error
    passing = error.status in _PASSING or error.status >= 500
    return DeliveryError(
        error.code,
        error.message,
        permanent=not passing,
        retry_after=getattr(error, "retry_after", None),
        status=error.status,
        hint=error.hint,
    )
