"""The notification endpoint (OpenID4VCI 1.0, 11): what became of the badge in the wallet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lti_tool.delivery.openid4vci.access import redeemed_offer
from lti_tool.delivery.openid4vci.context import WalletContext, is_identifier
from lti_tool.delivery.openid4vci.credential import DESTINATION
from lti_tool.delivery.openid4vci.refusal import WalletRefusal
from lti_tool.usecases.ports import Delivery

MAX_DESCRIPTION = 200

_STATES = {
    "credential_accepted": ("delivered", "The wallet has stored the badge."),
    "credential_failure": ("failed", "The wallet could not store the badge."),
    "credential_deleted": ("failed", "The badge was not kept in the wallet."),
}


class Notifications:
    """Notes what a wallet reports. Nothing rests on it: a wallet may stay silent."""

    def __init__(self, context: WalletContext) -> None:
        self._context = context

    def note(self, slug: str, token: str, body: Mapping[str, Any]) -> None:
        """Stores the event of a notification request (11.1); the same one twice changes nothing.

        Raises WalletRefusal: `invalid_token`, `invalid_notification_request`, `invalid_notification_id`.
        """
        context = self._context
        with context.transactions() as uow:
            offer = redeemed_offer(context, uow, slug, token)
            event, wanted = body.get("event"), body.get("notification_id")
            if not isinstance(event, str) or event not in _STATES or not isinstance(wanted, str):
                raise WalletRefusal(
                    "invalid_notification_request",
                    "notification",
                    "The notification_id or the event is missing.",
                )
            found = uow.wallet_offers.by_notification(wanted) if is_identifier(wanted) else None
            if found is None or found.id != offer.id:
                raise WalletRefusal("invalid_notification_id", "notification_id", "This notification_id is not known.")
            state, sentence = _STATES[event]
            detail = " ".join(filter(None, (sentence, _plain(body.get("event_description")))))
            uow.deliveries.save(Delivery(offer.award_id, DESTINATION, state, context.clock.now(), detail))
            uow.commit()


def _plain(description: object) -> str:
    """The wallet's own words: of the characters that 11.1 allows, and not many."""
    if not isinstance(description, str):
        return ""
    return "".join(letter for letter in description if " " <= letter <= "~")[:MAX_DESCRIPTION]
