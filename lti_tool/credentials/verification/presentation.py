"""Checking a presentation: who holds it, for whom it was made, and each credential in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.credentials.data_integrity import embedded_proof, signature_holds
from lti_tool.credentials.json_text import dump
from lti_tool.credentials.linked_data.limits import require_harmless
from lti_tool.credentials.vc_structure import presentation_problem
from lti_tool.credentials.verification.answers import failed, failed_by, not_checked_by, passed
from lti_tool.credentials.verification.issuer_keys import issuer_owns, key_named
from lti_tool.credentials.verification.resolver import Resolver
from lti_tool.credentials.verification.verify import verify
from lti_tool.domain.credential import CheckName, CheckOutcome, CheckResult, VerificationReport
from lti_tool.domain.errors import BadgeToolError

_PURPOSE = "authentication"
_ENVELOPES = ("data:application/vc+jwt,", "data:application/jwt,")
MOST_CREDENTIALS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """For what a presentation must have been made; "" for what was not asked. `signed`: whether it needs a proof."""

    challenge: str = ""
    domain: str = ""
    signed: bool = True


@dataclass(frozen=True, slots=True)
class PresentationReport:
    checks: tuple[CheckResult, ...]
    credentials: tuple[VerificationReport, ...] = ()

    @property
    def valid(self) -> bool:
        own = all(check.outcome is CheckOutcome.PASSED for check in self.checks)
        return own and all(report.valid for report in self.credentials)


def verify_presentation(
    document: dict[str, Any], resolver: Resolver, now: datetime, asked: Asked
) -> PresentationReport:
    """Never raises for bad input: what is wrong with it becomes a check that failed or did not run."""
    try:
        require_harmless(document)
        inside = _credentials(document)
        problem = presentation_problem(document)
    except BadgeToolError as error:
        return PresentationReport((failed_by(CheckName.READABLE, error),))
    if problem:
        return PresentationReport((failed(CheckName.SCHEMA, "schema.broken", problem),))
    checks = [passed(CheckName.SCHEMA, "schema.kept", "It is a complete presentation.")]
    if asked.signed:
        checks += _proof_checks(document, resolver, asked)
    reports = tuple(verify(text, resolver, now=now, of_any_kind=True) for text in inside)
    return PresentationReport(tuple(checks), reports)


def enveloped(credential: Any) -> str:
    """The text of a credential as a presentation or request has it: a JWT out of its envelope (Verifiable Credentials
    Data Model 2.0, 4.13.1), else its JSON. Raises `credential.unreadable`."""
    if isinstance(credential, dict) and credential.get("type") == "EnvelopedVerifiableCredential":
        address = str(credential.get("id", ""))
        for envelope in _ENVELOPES:
            if address.startswith(envelope):
                return address.removeprefix(envelope)
        raise BadgeToolError("credential.unreadable", "The credential is in an envelope that this tool cannot open.")
    if not isinstance(credential, dict):
        raise BadgeToolError("credential.unreadable", "A credential of the presentation is no object.")
    return dump(credential)


def _credentials(document: dict[str, Any]) -> list[str]:
    found = document.get("verifiableCredential", [])
    listed = found if isinstance(found, list) else [found]
    if len(listed) > MOST_CREDENTIALS:
        raise BadgeToolError("credential.too_complex", f"A presentation may have {MOST_CREDENTIALS} credentials.")
    return [enveloped(one) for one in listed]


def _proof_checks(document: dict[str, Any], resolver: Resolver, asked: Asked) -> list[CheckResult]:
    name = CheckName.SIGNATURE
    try:
        proof = embedded_proof(document, _PURPOSE)
    except BadgeToolError as error:
        return [failed_by(name, error)]
    for term, wanted in (("challenge", asked.challenge), ("domain", asked.domain)):
        if wanted and proof.get(term) != wanted:
            return [failed(name, f"presentation.{term}_foreign", f"It was made for another {term}.")]
    method = proof["verificationMethod"]
    try:
        key = key_named(method, resolver)
    except BadgeToolError as error:
        return [not_checked_by(name, error)]
    try:
        holds = signature_holds(document, proof, key)
    except BadgeToolError as error:
        return [failed_by(name, error)]
    if not holds:
        return [failed(name, "signature.invalid", "It was altered after it was signed.")]
    signed = passed(name, "signature.valid", "It is unaltered since it was signed.")
    try:
        owns = issuer_owns(_holder(document) or method.partition("#")[0], key, method, resolver, _PURPOSE)
    except BadgeToolError as error:
        return [signed, not_checked_by(CheckName.ISSUER_KEY, error)]
    if not owns:
        return [signed, failed(CheckName.ISSUER_KEY, "presentation.holder_foreign", "Its holder did not sign it.")]
    return [signed, passed(CheckName.ISSUER_KEY, "presentation.holder", "Its holder signed it.")]


def _holder(document: dict[str, Any]) -> str:
    holder = document.get("holder")
    named = holder.get("id") if isinstance(holder, dict) else holder
    return named if isinstance(named, str) else ""
