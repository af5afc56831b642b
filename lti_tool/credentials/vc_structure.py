"""What any credential of the Verifiable Credentials Data Model 2.0 must have, whatever it is about."""

from __future__ import annotations

from typing import Any

from lti_tool.credentials.contexts import CREDENTIALS_V2, context_bytes, is_bundled
from lti_tool.credentials.digests import is_digest_of
from lti_tool.credentials.timestamps import from_text
from lti_tool.domain.errors import BadgeToolError


def structure_problem(document: dict[str, Any]) -> str | None:
    """The first rule that a credential breaks, as a sentence; None where it keeps them (sections 4.3 to 4.9)."""
    if problem := _envelope_problem(document, "VerifiableCredential"):
        return problem
    if not _is_named(document.get("issuer")):
        return "The credential does not name its issuer by an address."
    subjects = _listed(document, "credentialSubject")
    if not subjects or not all(isinstance(one, dict) and one for one in subjects):
        return "The credential says nothing of anybody (credentialSubject)."
    if "id" in document and not _is_address(document["id"]):
        return "The credential's id is no address."
    for term in ("credentialStatus", "credentialSchema", "evidence", "termsOfUse", "refreshService"):
        if not all(isinstance(one, dict) and one.get("type") for one in _listed(document, term)):
            return f"A part of the credential has no type ({term})."
    if not all(_is_address(one.get("id")) for one in _listed(document, "credentialSchema")):
        return "A schema of the credential has no address (credentialSchema)."
    return _related_problem(document) or _times_problem(document)


def presentation_problem(document: dict[str, Any]) -> str | None:
    """The same of a presentation (section 4.13)."""
    if problem := _envelope_problem(document, "VerifiablePresentation"):
        return problem
    if "holder" in document and not _is_named(document["holder"]):
        return "The presentation does not name its holder by an address."
    return None


def _envelope_problem(document: dict[str, Any], kind: str) -> str | None:
    contexts, kinds = document.get("@context"), document.get("type")
    if not isinstance(contexts, list) or contexts[:1] != [CREDENTIALS_V2]:
        return f"The first context is not {CREDENTIALS_V2}."
    if kind not in (kinds if isinstance(kinds, list) else [kinds]):
        return f"The type {kind} is missing."
    return None


def _related_problem(document: dict[str, Any]) -> str | None:
    """Section 5.3: what it says of other documents, and whether those that are known here are as it says."""
    related = _listed(document, "relatedResource")
    if not all(isinstance(one, dict) and _is_address(one.get("id")) for one in related):
        return "A related resource of the credential has no address."
    if len({one["id"] for one in related}) < len(related):
        return "The credential names a related resource twice."
    for one in related:
        digests = [one[term] for term in ("digestSRI", "digestMultibase") if one.get(term)]
        if not digests:
            return "A related resource of the credential has no digest."
        if is_bundled(one["id"]) and not all(is_digest_of(context_bytes(one["id"]), digest) for digest in digests):
            return "A related resource of the credential is another than the credential says."
    return None


def _listed(document: dict[str, Any], term: str) -> list[Any]:
    value = document.get(term, [])
    return value if isinstance(value, list) else [value]


def _times_problem(document: dict[str, Any]) -> str | None:
    try:
        times = [from_text(str(document[term])) for term in ("validFrom", "validUntil") if term in document]
    except BadgeToolError:
        return "A time of the credential cannot be read."
    return "The credential ends before it begins." if len(times) == 2 and times[1] <= times[0] else None


def _is_named(value: Any) -> bool:
    return _is_address(value.get("id") if isinstance(value, dict) else value)


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and ":" in value and not any(map(str.isspace, value))
