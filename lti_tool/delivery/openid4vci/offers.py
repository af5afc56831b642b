"""Credential offers (OpenID4VCI 1.0, 4): an address that a wallet opens, by QR code or by link."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from lti_tool.delivery.openid4vci import tickets
from lti_tool.delivery.openid4vci.configurations import offered_by
from lti_tool.delivery.openid4vci.context import WalletContext, is_identifier, still_stands
from lti_tool.delivery.openid4vci.metadata import PRE_AUTHORIZED_GRANT
from lti_tool.delivery.openid4vci.secrets import TX_CODE_DIGITS, hashed, new_id
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.usecases.choose_issuer import issuer_of_award
from lti_tool.usecases.ports import WalletOffer

OFFER_LIFE = timedelta(minutes=10)
SCHEME = "openid-credential-offer://"


@dataclass(frozen=True, slots=True)
class Offer:
    """A fresh offer. `uri` goes into the QR code and the link; `tx_code` is shown to the learner, once, on
    another way than the QR code; `expires_at` is UTC."""

    offer_id: str
    uri: str
    offer_url: str
    expires_at: datetime
    tx_code: str | None = field(default=None, repr=False)


class Offers:
    """Makes offers and serves their documents."""

    def __init__(self, context: WalletContext) -> None:
        self._context = context

    def create_offer(self, award_id: str, tenant_id: str, *, with_tx_code: bool = False) -> Offer:
        """Stores an offer of one awarded badge; it lives for ten minutes and can be collected once.

        Raises `award.unknown` (404) and `award.revoked` (409).
        """
        context = self._context
        now = context.clock.now()
        offer_id, tx_code = new_id(), context.secrets.new_tx_code() if with_tx_code else None
        stored = WalletOffer(
            id=offer_id,
            award_id=award_id,
            tenant_id=tenant_id,
            code_hash=hashed(context.secrets.code(offer_id)),
            created_at=now,
            expires_at=now + OFFER_LIFE,
            tx_code_hash=context.secrets.tx_code_hash(offer_id, tx_code) if tx_code else "",
        )
        with context.transactions() as uow:
            if uow.awards.get(award_id) is None:
                raise NotFound("award.unknown", "There is no such badge.")
            if not still_stands(uow, award_id):
                raise BadgeToolError("award.revoked", "This badge has been withdrawn.", status=409)
            uow.wallet_offers.add(stored)
            if tx_code:
                tickets.allow_tries(uow, offer_id, stored.expires_at)
            uow.commit()
        url = f"{context.base_url.rstrip('/')}/wallet/offers/{offer_id}"
        uri = f"{SCHEME}?credential_offer_uri={quote(url, safe='')}"
        return Offer(offer_id, uri, url, stored.expires_at, tx_code)

    def document(self, offer_id: str) -> dict[str, Any]:
        """The Credential Offer object (4.1.1).

        Raises `wallet.offer_gone` (410) for a badge that was withdrawn or erased, `wallet.offer_unknown` (404)
        for an offer that was never made, was used, or is over: which of these is not said.
        """
        context = self._context
        with context.transactions(write=False) as uow:
            offer = uow.wallet_offers.get(offer_id) if is_identifier(offer_id) else None
            if offer is None or offer.state != "offered" or offer.expires_at <= context.clock.now():
                raise NotFound("wallet.offer_unknown", "This offer does not exist, was used, or is over.")
            if not still_stands(uow, offer.award_id):
                raise BadgeToolError("wallet.offer_gone", "This badge is no longer offered.", status=410)
            award = uow.awards.get(offer.award_id)
            assert award is not None, "it still stands"
            issuer = issuer_of_award(uow, award)
        grant: dict[str, Any] = {"pre-authorized_code": context.secrets.code(offer.id)}
        if offer.tx_code_hash:
            grant["tx_code"] = {
                "input_mode": "numeric",
                "length": TX_CODE_DIGITS,
                "description": "The number shown beside the badge.",
            }
        return {
            "credential_issuer": context.issuer_url(issuer.slug),
            "credential_configuration_ids": list(offered_by(issuer)),
            "grants": {PRE_AUTHORIZED_GRANT: grant},
        }
