"""The token endpoint (OpenID4VCI 1.0, 6): a pre-authorised code for an access token, once."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from lti_tool.delivery.openid4vci import tickets
from lti_tool.delivery.openid4vci.access import SCHEME
from lti_tool.delivery.openid4vci.configurations import CONFIGURATIONS
from lti_tool.delivery.openid4vci.context import WalletContext, still_stands
from lti_tool.delivery.openid4vci.metadata import PRE_AUTHORIZED_GRANT
from lti_tool.delivery.openid4vci.refusal import WalletRefusal, invalid_grant, invalid_request
from lti_tool.delivery.openid4vci.secrets import hashed, new_id
from lti_tool.usecases.ports import UnitOfWork, WalletOffer

TOKEN_LIFE = timedelta(minutes=5)


class Tokens:
    """Redeems codes."""

    def __init__(self, context: WalletContext) -> None:
        self._context = context

    def redeem(self, slug: str, form: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """The token response (6.2) for the form fields, as pairs in order, that a wallet posted to issuer `slug`.

        Raises WalletRefusal with the errors of RFC 6749 5.2. Codes are found by their hash, so that no
        comparison tells how near a guess was.
        """
        fields = _single_fields(form)
        code = _code(fields)
        details = _authorization_details(fields.get("authorization_details"))
        context, now = self._context, self._context.clock.now()
        _check_resource(fields.get("resource"), context.issuer_url(slug))
        with context.transactions(write=False) as uow:
            # Answered without a write lock, so that guesses cost the database nothing.
            offer = self._open_offer(uow, slug, code, now)
        _check_tx_code_presence(offer, fields.get("tx_code"))
        token, expires_at = new_id(), now + TOKEN_LIFE
        with context.transactions() as uow:
            offer = self._open_offer(uow, slug, code, now)
            refusal = self._redeem(uow, offer, fields.get("tx_code"), token, expires_at, now)
            # A wrong guess must stay counted, so the refusal is raised after the commit.
            uow.commit()
        if refusal is not None:
            raise refusal
        response: dict[str, Any] = {
            "access_token": token,
            "token_type": SCHEME,
            "expires_in": int(TOKEN_LIFE.total_seconds()),
        }
        return response | ({"authorization_details": details} if details else {})

    def _open_offer(self, uow: UnitOfWork, slug: str, code: str, now: datetime) -> WalletOffer:
        issuer = self._context.issuer(uow, slug)
        offer = uow.wallet_offers.by_code(hashed(code))
        if offer is None or offer.tenant_id != issuer.tenant_id:
            raise invalid_grant("code_unknown")
        if offer.state != "offered":
            raise invalid_grant("code_used")
        if offer.expires_at <= now:
            raise invalid_grant("code_expired")
        if not still_stands(uow, offer.award_id):
            raise invalid_grant("badge_withdrawn")
        return offer

    def _redeem(
        self,
        uow: UnitOfWork,
        offer: WalletOffer,
        tx_code: str | None,
        token: str,
        expires_at: datetime,
        now: datetime,
    ) -> WalletRefusal | None:
        if offer.tx_code_hash:
            if not tickets.spend_try(uow, offer.id, now):
                return invalid_grant("tx_code_tries_spent")
            guess = self._context.secrets.tx_code_hash(offer.id, tx_code or "")
            if not hmac.compare_digest(guess, offer.tx_code_hash):
                return invalid_grant("tx_code_wrong")
        if not uow.wallet_offers.redeem(offer.id, hashed(token), expires_at):
            return invalid_grant("code_used")
        tickets.allow_binding(uow, offer.id, expires_at)
        return None


def _single_fields(form: Iterable[tuple[str, str]]) -> dict[str, str]:
    """RFC 6749 3.2: no parameter twice, and one without a value counts as left out."""
    fields: dict[str, str] = {}
    for name, value in form:
        if name in fields:
            raise invalid_request("parameter_repeated", "A parameter was sent twice.")
        fields[name] = value
    return {name: value for name, value in fields.items() if value}


def _code(fields: dict[str, str]) -> str:
    if fields.get("grant_type") != PRE_AUTHORIZED_GRANT:
        raise WalletRefusal("unsupported_grant_type", "grant_type", "Only a pre-authorized code can be redeemed here.")
    if "pre-authorized_code" not in fields:
        raise invalid_request("code_missing", "The pre-authorized_code is missing.")
    return fields["pre-authorized_code"]


def _check_tx_code_presence(offer: WalletOffer, tx_code: str | None) -> None:
    """OpenID4VCI 1.0, 6.3: expected and absent, or given and not expected, is a malformed request."""
    if offer.tx_code_hash and tx_code is None:
        raise invalid_request("tx_code_missing", "This offer needs the transaction code shown with it.")
    if not offer.tx_code_hash and tx_code is not None:
        raise invalid_request("tx_code_unexpected", "This offer has no transaction code.")


def _check_resource(resource: str | None, url: str) -> None:
    if resource is not None and resource.rstrip("/") != url:
        # RFC 8707 2: a token for somebody else's resource is not ours to give.
        raise WalletRefusal("invalid_target", "resource", "The resource is not this credential issuer.")


def _authorization_details(text: str | None) -> list[dict[str, Any]]:
    """The details to answer with: each asked-for configuration and its identifier (6.2), [] for none asked."""
    if text is None:
        return []
    try:
        asked = json.loads(text)
        ids = [detail["credential_configuration_id"] for detail in asked if detail["type"] == "openid_credential"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise invalid_request("authorization_details", "The authorization_details cannot be read.") from None
    if (
        not isinstance(asked, list)
        or not ids
        or len(ids) != len(asked)
        or any(id_ not in CONFIGURATIONS for id_ in map(str, ids))
    ):
        raise invalid_request("not_offered", "The authorization_details ask for what is not offered.")
    return [
        {"type": "openid_credential", "credential_configuration_id": id_, "credential_identifiers": [id_]}
        for id_ in dict.fromkeys(ids)
    ]
