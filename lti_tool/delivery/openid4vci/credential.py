"""The credential endpoint (OpenID4VCI 1.0, 8): a badge, bound to the key that the wallet proves to hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from lti_tool.delivery.openid4vci import tickets
from lti_tool.delivery.openid4vci.access import redeemed_offer
from lti_tool.delivery.openid4vci.configurations import SD_JWT, Configuration
from lti_tool.delivery.openid4vci.context import WalletContext, still_stands
from lti_tool.delivery.openid4vci.credential_request import read_request
from lti_tool.delivery.openid4vci.holder_keys import HolderResolver
from lti_tool.delivery.openid4vci.nonce import take_nonce
from lti_tool.delivery.openid4vci.proof import Proven, check_proof
from lti_tool.delivery.openid4vci.refusal import WalletRefusal
from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import Delivery, StoredCredential, UnitOfWork, WalletOffer

DESTINATION = "wallet"
IssueBound = Callable[[str, str], StoredCredential]
"""(award id, holder DID) -> the award's signed badge, bound to that holder; the same again for the same two. It
opens transactions of its own and raises BadgeToolError where the badge cannot be issued."""
SdJwtOf = Callable[[StoredCredential], str]
"""A signed badge as SD-JWT; "" where its issuer has no key for it."""


class WalletCredentials:
    """Answers credential requests."""

    def __init__(
        self, context: WalletContext, issue_bound: IssueBound, resolve: HolderResolver, sd_jwt_of: SdJwtOf
    ) -> None:
        self._context = context
        self._issue_bound = issue_bound
        self._resolve = resolve
        self._sd_jwt_of = sd_jwt_of

    def issue(self, slug: str, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The credential response (8.3) for an access token and the JSON object posted to issuer `slug`.

        A wallet that never saw the answer asks again, with a new nonce, and gets the same badge. Another key
        than the first is denied. Raises WalletRefusal.
        """
        context, now = self._context, self._context.clock.now()
        with context.transactions(write=False) as uow:
            redeemed_offer(context, uow, slug, token)
        request = read_request(body)
        proven = check_proof(request.proof, context.issuer_url(slug), self._resolve, now)
        with context.transactions() as uow:
            offer = redeemed_offer(context, uow, slug, token)
            refusal = self._bind(uow, offer, slug, proven, now)
            # The nonce stays used even where the request is denied.
            uow.commit()
        if refusal is not None:
            raise refusal
        try:
            badge = self._issue_bound(offer.award_id, proven.did)
        except BadgeToolError as error:
            raise _denied("issue_refused") from error
        credential = self._in_form(request.configuration, badge)
        if not credential:
            raise WalletRefusal("unknown_credential_configuration", "form", "This issuer's badges have no such form.")
        return {
            "credentials": [{"credential": credential}],
            "notification_id": self._collected(offer, now),
        }

    def _in_form(self, configuration: Configuration, badge: StoredCredential) -> object:
        return self._sd_jwt_of(badge) if configuration.format == SD_JWT else configuration.credential(badge)

    def _bind(
        self, uow: UnitOfWork, offer: WalletOffer, slug: str, proven: Proven, now: datetime
    ) -> WalletRefusal | None:
        if not take_nonce(uow, slug, proven.nonce, now):
            return WalletRefusal("invalid_nonce", "nonce", "The nonce is unknown, used or over; ask for a new one.")
        if not still_stands(uow, offer.award_id):
            return _denied("badge_withdrawn")
        if tickets.take_binding(uow, offer.id, now):
            uow.wallet_offers.save(replace(offer, binding=proven.did))
            return None
        # Read again: on PostgreSQL the ticket may have gone to a request that was committed a moment ago.
        bound = uow.wallet_offers.get(offer.id)
        return None if bound is not None and bound.binding == proven.did else _denied("other_key")

    def _collected(self, offer: WalletOffer, now: datetime) -> str:
        notification_id = self._context.secrets.notification_id(offer.id)
        with self._context.transactions() as uow:
            current = uow.wallet_offers.get(offer.id)
            if current is not None and current.state != "collected":
                uow.wallet_offers.save(
                    replace(current, state="collected", notification_id=notification_id, collected_at=now)
                )
                uow.deliveries.save(Delivery(offer.award_id, DESTINATION, "delivered", now))
                uow.commit()
        return notification_id


def _denied(code: str) -> WalletRefusal:
    return WalletRefusal("credential_request_denied", code, "The badge cannot be issued to this wallet.")
