"""answer_once: a deep linking request is answered once (LTI-DL 2.0, 3.1: one response for each request)."""

from __future__ import annotations

from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import LaunchSession, Transactions

_PURPOSE = "deep-linking-reply"


class AnswerOnce:
    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def __call__(self, session: LaunchSession) -> None:
        """Marks the session's request as answered; of two at once one gets through. Raises `dl.reply_used` (409)."""
        with self._transactions() as unit:
            is_first = unit.nonces.claim(_PURPOSE, session.id, session.expires_at)
            unit.commit()
        if not is_first:
            raise BadgeToolError(
                "dl.reply_used",
                "Your learning platform has had its answer already.",
                status=409,
                hint="To place more, choose LTI Badges in your course once more.",
            )
