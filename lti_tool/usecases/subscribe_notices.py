"""subscribe_notices: asks a platform to send its notices of one deployment to us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.launch import Launch
from lti_tool.domain.notice import NoticeService
from lti_tool.usecases import work
from lti_tool.usecases.ports import Clock, NoticeHandlers, Transactions, UnitOfWork

# A platform that was restored from a backup has forgotten us; asking again changes nothing where it has not.
ASK_AGAIN_AFTER = timedelta(days=7)


def note_service(unit: UnitOfWork, launch: Launch, clock: Clock) -> None:
    """Keeps what a launch says of the notification service, and has the platform asked where that is due."""
    offered = launch.endpoints
    if not offered.notice_service_url:
        return
    held = unit.notices.service(launch.registration_id, launch.deployment_id)
    where = (launch.registration_id, launch.deployment_id)
    said = NoticeService(*where, offered.notice_service_url, offered.notice_types)
    if held is None or (held.url, held.types) != (said.url, said.types):
        unit.notices.save_service(said)
    elif held.asked_at is not None and clock.now() - held.asked_at < ASK_AGAIN_AFTER:
        return
    if said.wanted:
        work.subscribe_notices(unit, *where)


class SubscribeNotices:
    """`handler_of(registration_id)` is the address that takes a platform's notices."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        handlers: NoticeHandlers | None,
        handler_of: Callable[[str], str],
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._handlers = handlers
        self._handler_of = handler_of

    def __call__(self, registration_id: str, deployment_id: str) -> None:
        """Repeatable. Raises what the platform's service raises, if that may pass: notices are nothing to wait for."""
        with self._transactions(write=False) as unit:
            registration = unit.registrations.get(registration_id)
            service = unit.notices.service(registration_id, deployment_id)
        if registration is None or service is None or self._handlers is None:
            return
        try:
            self._handlers.subscribe(registration, service.url, self._handler_of(registration_id), service.wanted)
        except BadgeToolError as error:
            if error.status == 429 or error.status >= 500:
                raise
            # Refused for good: the diagnosis shows it, and the next launch after a while asks again.
        with self._transactions() as unit:
            unit.notices.note_asked(registration_id, deployment_id, self._clock.now())
            unit.commit()
