"""How fresh an award is: the times on the way from the LMS's event to the gradebook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lti_tool.domain.award import Award
from lti_tool.usecases.ports import Delivery

Times = tuple[tuple[str, datetime], ...]


def award_times(award: Award | None, deliveries: Sequence[Delivery]) -> Times:
    """(what happened, when) in the order of the way; what has not happened is left out. The first is the LMS's own
    time, so that its clock is the one to doubt where it is later than the second."""
    if award is None:
        return ()
    delivered = next(
        (one.at for one in deliveries if one.destination == "gradebook" and one.state == "delivered"), None
    )
    told = (
        ("Happened in the learning platform", award.event_at),
        ("Heard of here", award.received_at),
        ("Weighed, and earned", award.decided_at),
        ("Signed and issued", award.issued_at),
        ("Put in the gradebook", None if award.revoked_at else delivered),
    )
    return tuple((what, at) for what, at in told if at is not None)
