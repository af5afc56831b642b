"""source_keys: with what a sender of events proves that it may tell the tool something, and whose events they are."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.usecases.own_platform import own_platform
from lti_tool.usecases.ports import Clock, SourceCredential, Transactions

# When a sender was last heard is for people to read; a write for each of its requests would be for nothing.
HEARD_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewKey:
    """Shown once; afterwards nobody can read the secret."""

    credential_id: str
    key_id: str
    secret: str = field(repr=False)


class ManageSourceKeys:
    """What an administrator does with the credentials of a platform's senders."""

    def __init__(self, transactions: Transactions, clock: Clock, tenant_id: str) -> None:
        self._transactions = transactions
        self._clock = clock
        self._tenant_id = tenant_id

    def add(self, registration_id: str, source: str, settings: Mapping[str, Any]) -> NewKey:
        """Makes a credential. Any number may count at once, so that one can follow another without a gap."""
        made = NewKey(str(uuid4()), f"{source}-{secrets.token_hex(8)}", secrets.token_urlsafe(32))
        with self._transactions() as unit:
            own_platform(unit, registration_id, self._tenant_id)
            unit.source_credentials.add(
                SourceCredential(
                    id=made.credential_id,
                    registration_id=registration_id,
                    source=source,
                    key_id=made.key_id,
                    secret=made.secret,
                    settings=dict(settings),
                    created_at=self._clock.now(),
                )
            )
            unit.commit()
        return made

    def of_platform(self, registration_id: str) -> list[SourceCredential]:
        """Those that count and those that were retired."""
        with self._transactions(write=False) as unit:
            own_platform(unit, registration_id, self._tenant_id)
            return unit.source_credentials.of_registration(registration_id)

    def retire(self, registration_id: str, credential_id: str) -> None:
        """Nothing is accepted with it any more. Raises `source.unknown`."""
        with self._transactions() as unit:
            own_platform(unit, registration_id, self._tenant_id)
            held = [one.id for one in unit.source_credentials.of_registration(registration_id)]
            if credential_id not in held:
                raise NotFound("source.unknown", "This platform has no such credential.")
            unit.source_credentials.retire(credential_id, self._clock.now())
            unit.commit()


class CheckSourceKey:
    """Who sent a request, by the credential that it carries."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def __call__(self, registration_id: str, source: str, key_id: str, secret: str) -> SourceCredential:
        """Raises `event.key_unknown`, `event.signature_invalid`, `event.tenant_mismatch`, all with status 401."""
        held = self._held(source, key_id)
        if not hmac.compare_digest(held.secret.encode(), secret.encode("utf-8", "replace")):
            raise BadgeToolError("event.signature_invalid", "The credential's secret is not this.", status=401)
        return _of(registration_id, held)

    def named(self, registration_id: str, source: str, key_id: str) -> SourceCredential:
        """For a sender that proves itself by a signature of its own. Raises as above."""
        return _of(registration_id, self._held(source, key_id))

    def _held(self, source: str, key_id: str) -> SourceCredential:
        with self._transactions(write=False) as unit:
            held = unit.source_credentials.find(source, key_id)
        if held is None or held.retired_at is not None:
            raise BadgeToolError("event.key_unknown", "There is no such credential, or not any more.", status=401)
        return held


def _of(registration_id: str, held: SourceCredential) -> SourceCredential:
    if held.registration_id != registration_id:
        raise BadgeToolError("event.tenant_mismatch", "The credential is for another address.", status=401)
    return held


class FindSourceKeys:
    """The credentials of a sender that proves itself without naming the one it uses."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def __call__(self, registration_id: str, source: str) -> list[SourceCredential]:
        """Those that count and those that were retired, the newest first."""
        with self._transactions(write=False, brief=True) as unit:
            held = unit.source_credentials.of_registration(registration_id)
        return [one for one in reversed(held) if one.source == source]


class NoteSourceHeard:
    """Keeps when a credential was last used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def __call__(self, credential: SourceCredential, at: datetime) -> None:
        if credential.last_heard_at is None or at - credential.last_heard_at >= HEARD_EVERY:
            # Worth no wait for the disk: the next request writes it again.
            with self._transactions(durable=False) as unit:
                unit.source_credentials.touch(credential.id, at)
                unit.commit()
