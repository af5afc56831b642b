"""Is it unaltered, and did the issuer make it?"""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.data_integrity import embedded_proof, proofs_before, signature_holds
from lti_tool.credentials.keys_text import PublicKey, from_jwk
from lti_tool.credentials.vc_jwt import CompactJwt, key_signed
from lti_tool.credentials.verification.answers import failed, failed_by, not_checked, not_checked_by, passed
from lti_tool.credentials.verification.issuer_keys import issuer_owns, key_named
from lti_tool.credentials.verification.reading import Reading
from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.domain.credential import CheckName, CheckResult
from lti_tool.domain.errors import BadgeToolError

_MOST_BEFORE = 4
_NO_KEY = "Without an unaltered badge it cannot be said whose key signed it."


def check_proof(reading: Reading, resolver: Resolver) -> tuple[CheckResult, CheckResult]:
    """The answers for the signature and for the issuer's key."""
    try:
        method = _method(reading)
    except BadgeToolError as error:
        return failed_by(CheckName.SIGNATURE, error), _owner_unknown()
    try:
        key = _key(reading, method, resolver)
    except BadgeToolError as error:
        return not_checked_by(CheckName.SIGNATURE, error), _owner_unknown()
    try:
        holds = _holds(reading, key) and _those_before_hold(reading, resolver)
    except BadgeToolError as error:
        return failed_by(CheckName.SIGNATURE, error), _owner_unknown()
    if not holds:
        sentence = "The badge was altered after it was signed, or signed with another key than it says."
        return failed(CheckName.SIGNATURE, "signature.invalid", sentence), _owner_unknown()
    good = passed(CheckName.SIGNATURE, "signature.valid", "The badge is unaltered since it was signed.")
    return good, _owner(issuer_of(reading.document), key, method, resolver)


def issuer_of(document: dict[str, Any]) -> str:
    """The issuer's id, "" where the document names none."""
    issuer = document.get("issuer")
    identifier = issuer.get("id") if isinstance(issuer, dict) else issuer
    return identifier if isinstance(identifier, str) else ""


def _method(reading: Reading) -> str:
    """The name of the key; "" for a JWT that embeds it."""
    if reading.jwt is not None:
        return reading.jwt.kid
    name: str = embedded_proof(reading.document)["verificationMethod"]
    return name


def _key(reading: Reading, method: str, resolver: Resolver) -> PublicKey:
    if reading.jwt is not None and reading.jwt.embedded_jwk is not None:
        return from_jwk(reading.jwt.embedded_jwk)
    return key_named(method, resolver)


def _holds(reading: Reading, key: PublicKey) -> bool:
    parsed: CompactJwt | None = reading.jwt
    if parsed is not None:
        return key_signed(parsed, key)
    proof = embedded_proof(reading.document)
    return signature_holds(reading.document, proof, key)


def _those_before_hold(reading: Reading, resolver: Resolver) -> bool:
    """Of a chain of proofs each one (Data Integrity 1.0, 4.5), whoever made it."""
    if reading.jwt is not None:
        return True
    document = reading.document
    waiting = proofs_before(document, embedded_proof(document))
    done: list[dict[str, Any]] = []
    while waiting:
        proof = waiting.pop()
        if proof in done:
            continue
        if len(done) == _MOST_BEFORE or not isinstance(proof.get("verificationMethod"), str):
            raise BadgeToolError("credential.proof_unsupported", "The credential has proofs that cannot be followed.")
        done.append(proof)
        if not signature_holds(document, proof, key_named(proof["verificationMethod"], resolver)):
            return False
        waiting += proofs_before(document, proof)
    return True


def _owner(issuer_id: str, key: PublicKey, method: str, resolver: Resolver) -> CheckResult:
    name = CheckName.ISSUER_KEY
    try:
        owns = issuer_owns(issuer_id, key, method, resolver)
    except BadgeToolError as error:
        return not_checked_by(name, error)
    if owns is None:
        return not_checked(name, "issuer_key.not_published", "The issuer does not publish which keys are its own.")
    if owns:
        return passed(name, "issuer_key.listed", "The issuer itself publishes the key that signed this badge.")
    return failed(name, "issuer_key.foreign", "The issuer does not name the key that signed this badge as its own.")


def _owner_unknown() -> CheckResult:
    return not_checked(CheckName.ISSUER_KEY, "issuer_key.not_reached", _NO_KEY)
