"""OpenID4VCI 1.0 with the pre-authorised code flow: a badge for a wallet, without an account.

https://openid.net/specs/openid-4-verifiable-credential-issuance-1_0.html
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.delivery.openid4vci.context import WalletContext
from lti_tool.delivery.openid4vci.credential import IssueBound, SdJwtOf, WalletCredentials
from lti_tool.delivery.openid4vci.holder_keys import HolderResolver
from lti_tool.delivery.openid4vci.nonce import ProofNonces
from lti_tool.delivery.openid4vci.notification import Notifications
from lti_tool.delivery.openid4vci.offers import Offer, Offers
from lti_tool.delivery.openid4vci.secrets import OfferSecrets
from lti_tool.delivery.openid4vci.token import Tokens
from lti_tool.usecases.ports import Clock, Transactions

__all__ = ["HolderResolver", "IssueBound", "Offer", "WalletDesk", "make_wallet_desk"]


@dataclass(frozen=True, slots=True)
class WalletDesk:
    """All that a wallet is served from."""

    context: WalletContext
    offers: Offers
    tokens: Tokens
    nonces: ProofNonces
    credentials: WalletCredentials
    notifications: Notifications


def make_wallet_desk(
    transactions: Transactions,
    clock: Clock,
    base_url: str,
    secret: bytes,
    issue_bound: IssueBound,
    resolve_holder: HolderResolver,
    sd_jwt_of: SdJwtOf,
) -> WalletDesk:
    """`base_url` is the tool's public address; `secret` (32 bytes or more) stays the same across processes and
    restarts, as open offers are derived from it."""
    context = WalletContext(transactions, clock, base_url.rstrip("/"), OfferSecrets(secret))
    return WalletDesk(
        context,
        Offers(context),
        Tokens(context),
        ProofNonces(context),
        WalletCredentials(context, issue_bound, resolve_holder, sd_jwt_of),
        Notifications(context),
    )
