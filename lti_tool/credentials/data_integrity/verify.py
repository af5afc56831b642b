"""Checking a proof. Always by the plain path, so it never shares a template with what signed."""

from __future__ import annotations

from typing import Any

import base58

from lti_tool.credentials.data_integrity.hashing import hash_data
from lti_tool.credentials.data_integrity.suites import SIGNATURE_BYTES, holds, suite_named
from lti_tool.credentials.keys_text import PublicKey
from lti_tool.credentials.linked_data.limits import require_harmless
from lti_tool.credentials.linked_data.plain import canonical_nquads
from lti_tool.domain.errors import BadgeToolError


def embedded_proof(document: dict[str, Any], purpose: str = "assertionMethod") -> dict[str, Any]:
    """The first proof of a known suite made for `purpose`, of credentials an assertion; one valid proof suffices
    (OB 3.0, verification).

    Raises BadgeToolError ``credential.proof_missing`` or ``credential.proof_unsupported``.
    """
    proofs = document.get("proof")
    candidates = proofs if isinstance(proofs, list) else [proofs]
    if proofs in (None, []):
        raise BadgeToolError("credential.proof_missing", "The credential carries no signature.")
    for proof in candidates:
        if (
            isinstance(proof, dict)
            and suite_named(proof)
            and proof.get("proofPurpose") == purpose
            and isinstance(proof.get("verificationMethod"), str)
        ):
            return proof
    raise BadgeToolError("credential.proof_unsupported", "The credential is signed in a way this tool cannot check.")


def signature_holds(document: dict[str, Any], proof: dict[str, Any], key: PublicKey) -> bool:
    """Whether `proof` (one of the document's) was made by `key` over exactly this document.

    Raises BadgeToolError where the document must not be canonicalised (`require_harmless`) or has members that no
    signature could cover.
    """
    unsecured = {term: value for term, value in document.items() if term != "proof"}
    options = {term: value for term, value in proof.items() if term != "proofValue"}
    require_harmless(unsecured)
    require_harmless(options)
    signature = _signature(proof.get("proofValue"))
    if signature is None or "@context" in options:
        return False
    data = hash_data(unsecured, options, canonical_nquads)
    return holds(suite_named(proof), key, signature, data)


def _signature(value: Any) -> bytes | None:
    if not isinstance(value, str) or not value.startswith("z") or len(value) > 2 * SIGNATURE_BYTES:
        return None
    try:
        signature = base58.b58decode(value[1:])
    except ValueError:
        return None
    return signature if len(signature) == SIGNATURE_BYTES else None
