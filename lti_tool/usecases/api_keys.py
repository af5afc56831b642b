"""api_keys: with what another system proves that it may drive the issuer. Kept as hashes, made on the command line."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import uuid4

from lti_tool.domain.errors import BadgeToolError, Forbidden, NotFound
from lti_tool.usecases.ports import ApiKey, Clock, Transactions

# Tells people, and programs that look for secrets in the wrong places, what it is.
_PREFIX = "ltib_"


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """Shown once; afterwards nobody can read the secret."""

    id: str
    secret: str = field(repr=False)


class ManageApiKeys:
    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id

    def add(self, name: str, *, may_issue: bool) -> NewApiKey:
        made = NewApiKey(str(uuid4()), _PREFIX + secrets.token_urlsafe(32))
        with self._transactions() as unit:
            now = self._clock.now()
            unit.api_keys.add(ApiKey(made.id, self._tenant_id, name.strip(), _hash(made.secret), may_issue, now))
            unit.commit()
        return made

    def all(self) -> list[ApiKey]:
        """Those that count and those that were retired."""
        with self._transactions(write=False) as unit:
            return unit.api_keys.of_tenant(self._tenant_id)

    def retire(self, key_id: str) -> None:
        """Nothing is done for it any more. Raises `api_key.unknown`."""
        with self._transactions() as unit:
            if not unit.api_keys.retire(self._tenant_id, key_id, self._clock.now()):
                raise NotFound("api_key.unknown", "There is no such key, or it was retired before.")
            unit.commit()


class CheckApiKey:
    """Who sends a request, by the secret in its Authorization header."""

    def __init__(self, transactions: Transactions, tenant_id: str) -> None:
        self._transactions = transactions
        self._tenant_id = tenant_id

    def __call__(self, secret: str, *, to_issue: bool) -> ApiKey:
        """Raises `api_key.unknown` (401), and `api_key.may_not_issue` (403)."""
        with self._transactions(write=False, brief=True) as unit:
            # Found by its hash: there is nothing to compare whose time could tell about a secret.
            key = unit.api_keys.by_hash(_hash(secret))
        if key is None or key.retired_at is not None or key.tenant_id != self._tenant_id:
            hint = "Send `Authorization: Bearer` and a key; an operator makes one with `lti-badges api-key add`."
            raise BadgeToolError("api_key.unknown", "There is no such key, or not any more.", status=401, hint=hint)
        if to_issue and not key.may_issue:
            raise Forbidden("api_key.may_not_issue", "This key may have credentials checked, and none signed.")
        return key


def _hash(secret: str) -> str:
    """The secret has 256 random bits: a fast hash is as good as a slow one."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
