"""Everything an issuer needs, behind one object. It opens no socket and reads no clock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol

from lti_tool.credentials.baking import bake_png, payload_text
from lti_tool.credentials.clr_2 import build_record, require_record
from lti_tool.credentials.data_integrity import DataIntegritySigner, SuiteKey
from lti_tool.credentials.json_text import dump
from lti_tool.credentials.linked_data import Canonicalizer
from lti_tool.credentials.linked_data.limits import require_harmless
from lti_tool.credentials.open_badges_3 import badge_problem, build_credential, build_endorsement, require_issuable
from lti_tool.credentials.signatures import JwtKey
from lti_tool.credentials.status_list import LIST_SIZE, build_status_list
from lti_tool.credentials.vc_jwt import sign_jwt
from lti_tool.credentials.vc_structure import structure_problem
from lti_tool.domain.attestation import EndorsementClaim, RecordClaim
from lti_tool.domain.credential import BadgeClaim, SignedBadge
from lti_tool.domain.errors import BadgeToolError


class SigningKeys(Protocol):
    """The keys one issuer signs with now."""

    @property
    def proof(self) -> tuple[SuiteKey, str]:
        """The key of embedded proofs, and the name by which the issuer publishes it: a DID URL, or an address below the
        issuer's profile."""
        ...

    @property
    def jwt(self) -> tuple[JwtKey, str] | None:
        """The key of JWTs, and the https address of its one-JWK document. None for a did:key of Ed25519: it has
        no other key, and Open Badges 3.0 have no JWTs by that one."""
        ...


class CredentialWriter:
    """Writes the badges and status lists of one issuer. Safe to share between threads."""

    def __init__(self, keys: SigningKeys, canonicalizer: Canonicalizer | None = None) -> None:
        self._keys = keys
        self._signer = DataIntegritySigner(canonicalizer)

    def unsigned(self, claim: BadgeClaim) -> dict[str, Any]:
        """The credential, built and checked, ready to be stored before it is signed.

        Raises BadgeToolError ``credential.*`` where a verifier could refuse it or a member would stay unsigned.
        """
        document = build_credential(claim)
        require_issuable(document)
        self._signer.require_signable(document)
        return document

    def sign(self, unsigned: dict[str, Any], created: datetime) -> SignedBadge:
        """Check the stored credential again and sign it in each form. Same input, same bytes."""
        document = self.sign_embedded(unsigned, created)
        return SignedBadge(document, dump(document), self._jwt(unsigned))

    def _jwt(self, unsigned: dict[str, Any]) -> str:
        if self._keys.jwt is None:
            return ""
        key, kid = self._keys.jwt
        return sign_jwt(unsigned, kid=kid, private_key=key)

    def sign_embedded(self, unsigned: dict[str, Any], created: datetime) -> dict[str, Any]:
        """The checked credential with its embedded proof only."""
        require_issuable(unsigned)
        return self._sign(unsigned, unsigned["issuer"]["id"], created)

    def sign_any(self, document: dict[str, Any], issuer_id: str, created: datetime) -> dict[str, Any]:
        """A credential of another system, with an embedded proof. Raises `credential.*`, also for one that has a proof
        already, or members that no signature could cover."""
        require_harmless(document)
        if "proof" in document:
            raise BadgeToolError("credential.proof_present", "The credential is signed already.", status=400)
        problem = structure_problem(document) or badge_problem(document)
        if problem:
            raise BadgeToolError("credential.incomplete", problem)
        return self._sign(document, issuer_id, created)

    def status_list(
        self,
        list_url: str,
        issuer_id: str,
        revoked: Collection[int],
        size: int = LIST_SIZE,
        *,
        purpose: str = "revocation",
        valid_from: datetime,
        valid_until: datetime,
    ) -> dict[str, Any]:
        """The signed status list credential with every index of `revoked` set, its proof made at `valid_from`."""
        document = build_status_list(
            list_url, issuer_id, revoked, size=size, purpose=purpose, valid_from=valid_from, valid_until=valid_until
        )
        return self._sign(document, issuer_id, valid_from)

    def endorsement(self, claim: EndorsementClaim) -> dict[str, Any]:
        """An endorsement, checked and signed as of its `valid_from`."""
        return self._sign(build_endorsement(claim), claim.endorser.id, claim.valid_from)

    def record(self, claim: RecordClaim) -> dict[str, Any]:
        """A learner's record, checked and signed as of its `valid_from`."""
        document = build_record(claim)
        require_record(document)
        return self._sign(document, claim.issuer.id, claim.valid_from)

    @staticmethod
    def bake(png: bytes, document: dict[str, Any], hosted_at: str = "") -> bytes:
        """The image with the signed credential inside, written so that wallets that count braces can read it.

        `hosted_at`: where the same badge is hosted as Open Badges 2.0, "" where it is not."""
        return bake_png(png, payload_text(document), hosted_at)

    def _sign(self, document: dict[str, Any], issuer_id: str, created: datetime) -> dict[str, Any]:
        private_key, method = self._keys.proof
        if method.partition("#")[0] != issuer_id and not method.startswith(f"{issuer_id}/keys/"):
            raise BadgeToolError("credential.foreign_issuer", "The key belongs to another issuer.", status=500)
        return self._signer.sign(document, created=created, verification_method=method, private_key=private_key)
