"""The secret that a tool gives for its webhooks (Standard Webhooks: ``whsec_`` and base64)."""

from __future__ import annotations

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError


def signer(secret: str) -> Webhook:
    """Signs with `secret`; ValueError when it cannot be used."""
    try:
        return Webhook(secret)
    except (EmptyWebhookSecretError, RuntimeError) as error:
        raise ValueError(str(error)) from error
