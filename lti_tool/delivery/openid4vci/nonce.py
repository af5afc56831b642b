"""The nonce endpoint (OpenID4VCI 1.0, 7): what a wallet signs, so that an old proof is worth nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from lti_tool.delivery.openid4vci.context import WalletContext, is_identifier
from lti_tool.delivery.openid4vci.secrets import new_id
from lti_tool.usecases.ports import UnitOfWork

NONCE_LIFE = timedelta(minutes=5)
_PURPOSE = "wallet_c_nonce"


class ProofNonces:
    """Hands out c_nonces and takes each back once."""

    def __init__(self, context: WalletContext) -> None:
        self._context = context

    def issue(self, slug: str) -> dict[str, str]:
        """The nonce response (7.2) of issuer `slug`; to be served with ``Cache-Control: no-store``."""
        nonce = new_id()
        with self._context.transactions() as uow:
            self._context.issuer(uow, slug)
            uow.nonces.put(_PURPOSE, _key(slug, nonce), {}, self._context.clock.now() + NONCE_LIFE)
            uow.commit()
        return {"c_nonce": nonce}


def take_nonce(uow: UnitOfWork, slug: str, nonce: str, now: datetime) -> bool:
    """True once for each c_nonce that issuer `slug` handed out and that is not over."""
    return is_identifier(nonce) and uow.nonces.take(_PURPOSE, _key(slug, nonce), now) is not None


def _key(slug: str, nonce: str) -> str:
    return f"{slug}:{nonce}"
