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
    """Of the proofs of a known suite made for `purpose`, of credentials an assertion, the first by a key that bears the
    issuer's name, or else the first; one valid proof suffices (OB 3.0, verification).

    Raises BadgeToolError ``credential.proof_missing`` or ``credential.proof_unsupported``.
    """
    proofs = document.get("proof")
    if proofs in (None, []):
        raise BadgeToolError("credential.proof_missing", "The credential carries no signature.")
    found = [proof for proof in (proofs if isinstance(proofs, list) else [proofs]) if _is_usable(proof, purpose)]
    if not found:
        raise BadgeToolError(
            "credential.proof_unsupported", "The credential is signed in a way this tool cannot check."
        )
    issuer = document.get("issuer")
    name = str(issuer.get("id") if isinstance(issuer, dict) else issuer)
    return next(
        (proof for proof in found if proof["verificationMethod"].startswith((f"{name}#", f"{name}/"))), found[0]
    )


def _is_usable(proof: Any, purpose: str) -> bool:
    return (
        isinstance(proof, dict)
        and bool(suite_named(proof))
        and proof.get("proofPurpose") == purpose
        and isinstance(proof.get("verificationMethod"), str)
    )


def proofs_before(document: dict[str, Any], proof: dict[str, Any]) -> list[dict[str, Any]]:
    """The proofs of the document on which this one rests (Data Integrity 1.0, 2.1.2 Proof Chains); mostly none.

    Raises BadgeToolError ``credential.proof_missing`` where one of them is not there.
    """
    named = proof.get("previousProof", [])
    names = named if isinstance(named, list) else [named]
    proofs = document.get("proof")
    there = [one for one in (proofs if isinstance(proofs, list) else [proofs]) if isinstance(one, dict)]
    found = [one for one in there if one is not proof and isinstance(one.get("id"), str) and one["id"] in names]
    if len(found) != len(names):
        raise BadgeToolError("credential.proof_missing", "A proof on which another one rests is not there.")
    return found


def signature_holds(document: dict[str, Any], proof: dict[str, Any], key: PublicKey) -> bool:
    """Whether `proof` (one of the document's) was made by `key` over exactly this document.

    Raises BadgeToolError where the document must not be canonicalised (`require_harmless`) or has members that no
    signature could cover.
    """
    unsecured = {term: value for term, value in document.items() if term != "proof"}
    if "previousProof" in proof:
        # It is over those too (Data Integrity 1.0, 4.5).
        unsecured["proof"] = proofs_before(document, proof)
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
