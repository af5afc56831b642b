"""sign_for_others: another system has its own credential signed by an issuer of this installation. Nothing is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from lti_tool.domain.errors import BadgeToolError
from lti_tool.usecases.ports import Clock, Issuer, Transactions
from lti_tool.usecases.recheck_badge import halted


class CredentialSigner(Protocol):
    def sign_any(self, credential: dict[str, Any], issuer: Issuer, created: datetime) -> dict[str, Any]:
        """The credential with an embedded proof. Raises `credential.*` for what must not be signed."""
        ...


class SignForOthers:
    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str, signer: CredentialSigner) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id
        self._signer = signer

    def __call__(self, credential: dict[str, Any]) -> dict[str, Any]:
        """Signs for the issuer that the credential names; where it names none, for the usual one, which is put in.

        Raises `issuer.unknown` (400), `issuing.halted` (503), and what the signer raises.
        """
        with self._transactions(write=False) as unit:
            if unit.halts.get(self._tenant_id) is not None:
                raise halted()
            named = credential.get("issuer")
            issuer_id = named.get("id") if isinstance(named, dict) else named
            if "issuer" not in credential:
                issuer = unit.issuers.of_tenant(self._tenant_id)
                credential = {**credential, "issuer": issuer.id}
            else:
                issuer = self._named(unit.issuers.by_id(issuer_id) if isinstance(issuer_id, str) else None)
        return self._signer.sign_any(credential, issuer, self._clock.now())

    def _named(self, issuer: Issuer | None) -> Issuer:
        if issuer is None or issuer.tenant_id != self._tenant_id:
            raise BadgeToolError("issuer.unknown", "The credential names an issuer that is none of ours.", status=400)
        return issuer
