"""Writing, signing and checking credentials."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from lti_tool.domain.attestation import EndorsementClaim, RecordClaim
from lti_tool.domain.credential import BadgeClaim, SignedBadge, VerificationReport
from lti_tool.domain.issuer import Issuer
from lti_tool.usecases.ports.keys import PublishedKey


@dataclass(frozen=True, slots=True)
class SigningKeyIds:
    """The keys that one credential is signed with: its embedded proof, and its JWT ("" where the issuer has no key for
    that)."""

    proof_kid: str
    jwt_kid: str


class BadgeSigner(Protocol):
    """Writes and signs credentials; opens no socket."""

    def key_ids(self, issuer: Issuer) -> SigningKeyIds:
        """The keys to sign with today, of the kinds that the issuer chose; an intent stores them."""
        ...

    def unsigned(self, issuer: Issuer, claim: BadgeClaim, keys: SigningKeyIds) -> dict[str, Any]:
        """Builds the document that `keys` will sign, checked by schema, terms and meaning; raises `credential.*`."""
        ...

    def published(self, kids: Collection[str]) -> list[PublishedKey]:
        """The public halves of these keys of ours."""
        ...

    def shape(self, unsigned: dict[str, Any]) -> str:
        """What documents have in common whose signatures are made alike: "" where nothing is known of it."""
        ...

    def sign(self, unsigned: dict[str, Any], issuer: Issuer, created: datetime, keys: SigningKeyIds) -> SignedBadge: ...
    def sign_status_list(
        self,
        issuer: Issuer,
        list_url: str,
        revoked: Collection[int],
        size: int,
        valid_from: datetime,
        valid_until: datetime,
        purpose: str = "revocation",
    ) -> str: ...
    def sign_endorsement(self, issuer: Issuer, claim: EndorsementClaim) -> str:
        """An endorsement as JSON, checked by schema and signed as of its `valid_from`; raises `credential.*`."""
        ...

    def sign_record(self, issuer: Issuer, claim: RecordClaim) -> str:
        """A learner's record as JSON, checked by schema and signed as of its `valid_from`; raises `credential.*`."""
        ...

    def record_fits(self, claim: RecordClaim) -> bool:
        """Whether the badges are few enough for one record, as readers take it."""
        ...

    def bake(self, png: bytes, document: str, hosted_at: str = "") -> bytes: ...


class BadgeVerifier(Protocol):
    def verify(self, badge: str | bytes) -> VerificationReport:
        """Checks a badge of any form. For our own issuers it looks things up here and opens no socket."""
        ...
