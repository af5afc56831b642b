"""receive_notice: a verified notice is stored before it is acknowledged, and looked at afterwards."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError
from lti_tool.domain.notice import Notice, NoticeState, NoticeType
from lti_tool.usecases import work
from lti_tool.usecases.copy_course import come_over
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork


class ReceiveNotice:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def __call__(self, notice: Notice) -> bool:
        """Whether the notice is news; one that came before changes nothing.

        Raises `notice.conflict` where the same id came before and said something else.
        """
        with self._transactions() as unit:
            if unit.notices.add(notice):
                work.handle_notice(unit, notice.registration_id, notice.notice_id)
                unit.commit()
                return True
            held = unit.notices.get(notice.registration_id, notice.notice_id)
        if held is None or held.payload != notice.payload:
            raise BadgeToolError("notice.conflict", "Another notice came with this id before.", status=409)
        return False


class HandleNotice:
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self, registration_id: str, notice_id: str) -> None:
        """The badges of a copied course come over, at once where the new course is known, else with the first launch
        from it; of other notices nothing is left to do. Repeatable."""
        with self._transactions() as unit:
            notice = unit.notices.get(registration_id, notice_id)
            if notice is None or notice.state is not NoticeState.RECEIVED:
                return
            is_copy = notice.type is NoticeType.CONTEXT_COPY
            if is_copy:
                self._copy(unit, notice)
            unit.notices.mark(registration_id, notice_id, NoticeState.STORED if is_copy else NoticeState.DONE)
            unit.commit()

    def _copy(self, unit: UnitOfWork, notice: Notice) -> None:
        now, place = self._clock.now(), (notice.registration_id, notice.deployment_id, notice.context_id)
        unit.copies.note_origins(place, notice.origin_contexts, "notice", now)
        for course in unit.courses.find(notice.registration_id, notice.context_id, notice.deployment_id):
            come_over(unit, now, course, notice.origin_contexts)
