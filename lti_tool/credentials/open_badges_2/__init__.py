"""Open Badges 2.0 as others issue them: hosted assertions, read and checked at the issuer's own addresses."""

from lti_tool.credentials.open_badges_2.hosted import (
    HostedBadge,
    assertion_address,
    fetch_hosted,
    is_open_badge_2,
    same_assertion,
)

__all__ = ["HostedBadge", "assertion_address", "fetch_hosted", "is_open_badge_2", "same_assertion"]
