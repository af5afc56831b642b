"""Access tokens (RFC 6750), as the credential and the notification endpoint read them."""

from __future__ import annotations

from lti_tool.delivery.openid4vci.context import WalletContext
from lti_tool.delivery.openid4vci.refusal import invalid_token
from lti_tool.delivery.openid4vci.secrets import hashed
from lti_tool.usecases.ports import UnitOfWork, WalletOffer

SCHEME = "Bearer"


def bearer(authorization: str | None) -> str:
    """The token of an ``Authorization: Bearer`` header; raises `invalid_token` for anything else, DPoP included."""
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    if scheme.lower() != SCHEME.lower() or not token or " " in token:
        raise invalid_token("token_missing")
    return token


def redeemed_offer(context: WalletContext, uow: UnitOfWork, slug: str, token: str) -> WalletOffer:
    """The offer whose code gave `token` at issuer `slug`."""
    issuer = context.issuer(uow, slug)
    offer = uow.wallet_offers.by_access_token(hashed(token))
    if offer is None or offer.tenant_id != issuer.tenant_id:
        raise invalid_token("token_unknown")
    if offer.token_expires_at is None or offer.token_expires_at <= context.clock.now():
        raise invalid_token("token_expired")
    return offer
