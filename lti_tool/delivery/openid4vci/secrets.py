"""What a wallet is given in confidence, and the forms in which the tool remembers it."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

TX_CODE_DIGITS = 6
MINIMUM_SECRET_BYTES = 32


def new_id() -> str:
    """192 random bits as 32 URL-safe characters."""
    return secrets.token_urlsafe(24)


def hashed(secret: str) -> str:
    """SHA-256 in hex. Enough for values of 192 random bits; a lookup by it takes no secret-dependent time."""
    return sha256(secret.encode()).hexdigest()


class OfferSecrets:
    """Derives per-offer secrets from one server secret (at least 32 bytes).

    The offer document must be served again and again with the same code, and no code may stand in the database:
    so it is derived (HMAC-SHA256 over the offer's id) instead of stored.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < MINIMUM_SECRET_BYTES:
            raise ValueError(f"The wallet secret needs at least {MINIMUM_SECRET_BYTES} bytes.")
        self._secret = secret

    def code(self, offer_id: str) -> str:
        """The pre-authorised code of an offer: 43 URL-safe characters, 256 bits."""
        return urlsafe_b64encode(self._mac("code", offer_id)).rstrip(b"=").decode()

    def notification_id(self, offer_id: str) -> str:
        """Stable, so that every answer to one offer carries the same one."""
        return urlsafe_b64encode(self._mac("notification", offer_id)).rstrip(b"=").decode()

    def tx_code_hash(self, offer_id: str, tx_code: str) -> str:
        """Keyed, because six digits behind a bare hash are found in a moment by whoever reads the database."""
        return self._mac("tx_code", offer_id, tx_code).hex()

    @staticmethod
    def new_tx_code() -> str:
        """Six random digits, leading zeros kept."""
        return f"{secrets.randbelow(10**TX_CODE_DIGITS):0{TX_CODE_DIGITS}d}"

    def _mac(self, *parts: str) -> bytes:
        message = "".join(f"{len(part)}:{part}" for part in parts)
        return hmac.new(self._secret, message.encode(), sha256).digest()
