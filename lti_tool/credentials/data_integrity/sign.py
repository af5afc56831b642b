"""Adding a proof. The same document, time and key give the same bytes: Ed25519 uses no random number."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lti_tool.credentials.data_integrity.hashing import SUITE, hash_data
from lti_tool.credentials.linked_data import Canonicalizer
from lti_tool.credentials.timestamps import to_text
from lti_tool.domain.errors import BadgeToolError


class DataIntegritySigner:
    """Signs documents with ``eddsa-rdfc-2022``; keeps the canonicaliser's templates between documents."""

    def __init__(self, canonicalizer: Canonicalizer | None = None) -> None:
        self._canonicalizer = canonicalizer or Canonicalizer()

    def sign(
        self,
        document: dict[str, Any],
        *,
        created: datetime,
        verification_method: str,
        private_key: Ed25519PrivateKey,
    ) -> dict[str, Any]:
        """A copy of `document` with ``proof: [one proof]``. `verification_method` is the key's full DID URL.

        Raises BadgeToolError ``credential.term_undefined`` or ``credential.iri_invalid`` where a member would stay
        unsigned, ``credential.proof_present`` where the document is signed already.
        """
        if "proof" in document:
            raise BadgeToolError("credential.proof_present", "The credential is signed already.", status=500)
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": SUITE,
            "created": to_text(created),
            "verificationMethod": verification_method,
            "proofPurpose": "assertionMethod",
        }
        signature = private_key.sign(hash_data(document, proof, self._canonicalizer.canonical_nquads))
        return {**document, "proof": [{**proof, "proofValue": "z" + base58.b58encode(signature).decode()}]}

    def require_signable(self, document: dict[str, Any]) -> None:
        """Raise what `sign` would raise for a member that the signature could not cover."""
        self._canonicalizer.canonical_nquads(document)
