"""Adding a proof. The same document, time and key give the same bytes: neither suite uses a random number here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import base58

from lti_tool.credentials.data_integrity.hashing import hash_data
from lti_tool.credentials.data_integrity.suites import SuiteKey, signature_of, suite_of
from lti_tool.credentials.linked_data import Canonicalizer
from lti_tool.credentials.timestamps import to_text
from lti_tool.domain.errors import BadgeToolError


class DataIntegritySigner:
    """Signs documents with the suite of the key; keeps the canonicaliser's templates between documents."""

    def __init__(self, canonicalizer: Canonicalizer | None = None) -> None:
        self._canonicalizer = canonicalizer or Canonicalizer()

    def sign(
        self,
        document: dict[str, Any],
        *,
        created: datetime,
        verification_method: str,
        private_key: SuiteKey,
    ) -> dict[str, Any]:
        """A copy of `document` with ``proof: [one proof]``. `verification_method` is the key's full DID URL.

        Raises BadgeToolError ``credential.term_undefined`` or ``credential.iri_invalid`` where a member would stay
        unsigned, ``credential.proof_present`` where the document is signed already.
        """
        if "proof" in document:
            raise BadgeToolError("credential.proof_present", "The credential is signed already.", status=500)
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": suite_of(private_key),
            "created": to_text(created),
            "verificationMethod": verification_method,
            "proofPurpose": "assertionMethod",
        }
        signature = signature_of(private_key, hash_data(document, proof, self._canonicalizer.canonical_nquads))
        return {**document, "proof": [{**proof, "proofValue": "z" + base58.b58encode(signature).decode()}]}

    def require_signable(self, document: dict[str, Any]) -> None:
        """Raise what `sign` would raise for a member that the signature could not cover."""
        self._canonicalizer.require_known(document)
