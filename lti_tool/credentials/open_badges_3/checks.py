"""What must hold before a signature, beyond what the undefined-term check of the canonical form covers."""

from __future__ import annotations

import re
from typing import Any

from lti_tool.credentials.linked_data.limits import require_harmless
from lti_tool.credentials.open_badges_3.schema import schema_problem
from lti_tool.credentials.timestamps import from_text
from lti_tool.domain.errors import BadgeToolError

_IDENTITY_HASH = re.compile(r"sha256\$[0-9a-f]{64}")
_ZONED = re.compile(r".+T.+Z")
_BADGE_TYPES = ("OpenBadgeCredential", "AchievementCredential", "Assertion")
# They belong to the JWT form. The contexts define most of them, so the undefined-term check would let them pass.
_JWT_CLAIMS = frozenset({"iss", "sub", "jti", "nbf", "exp", "iat", "cnf"})


def require_issuable(document: dict[str, Any]) -> None:
    """Refuse an unsigned credential that a verifier could refuse or read differently.

    Raises BadgeToolError: ``credential.schema`` (strict schema), ``credential.incomplete`` (rules that the schema
    cannot express), ``credential.not_compact`` or ``credential.too_complex``.
    """
    require_harmless(document)
    where = schema_problem(document)
    if where is not None:
        raise BadgeToolError("credential.schema", f"The credential breaks the Open Badges schema at {where}.")
    problem = meaning_problem(document) or _own_form_problem(document)
    if problem:
        raise BadgeToolError("credential.incomplete", problem)


def is_badge(document: dict[str, Any]) -> bool:
    """Whether it says of itself that it is an Open Badge; one thing has two names (AchievementCredential), and the last
    is that of Open Badges 2.0."""
    kind = document.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    return any(name in kinds for name in _BADGE_TYPES)


def badge_problem(document: dict[str, Any]) -> str | None:
    """What is wrong with a badge of another system, as a sentence; None for other credentials."""
    if not is_badge(document):
        return None
    where = schema_problem(document)
    return f"The badge breaks the Open Badges 3.0 format at {where}." if where else meaning_problem(document)


def meaning_problem(document: dict[str, Any]) -> str | None:
    """The first rule of the specification's prose that the document breaks, as a sentence. Expects a valid schema."""
    subject = document["credentialSubject"]
    if not subject.get("id") and not subject.get("identifier"):
        return "The credential says nobody it was awarded to."
    criteria = subject["achievement"]["criteria"]
    if not criteria.get("id") and not criteria.get("narrative"):
        return "The achievement does not say what it takes."
    for identifier in subject.get("identifier", []):
        if identifier.get("hashed") and not _IDENTITY_HASH.fullmatch(identifier["identityHash"]):
            return "A hashed identity is not a SHA-256 hash."
    if _has_empty_list(document):
        return "The credential has an empty list."
    if document.get("validUntil") and from_text(document["validUntil"]) <= from_text(document["validFrom"]):
        return "The credential ends before it begins."
    return None


def _own_form_problem(document: dict[str, Any]) -> str | None:
    """Stricter than the specification: how this tool writes."""
    if _JWT_CLAIMS & document.keys() or "proof" in document or "endorsementJwt" in document:
        return "The credential has members that belong to another form of it."
    if not document["credentialSubject"].get("id"):
        return "The credential has no stable identifier of the recipient, which its JWT form needs."
    times = [document[term] for term in ("validFrom", "awardedDate", "validUntil") if term in document]
    if not all(_ZONED.fullmatch(time) for time in times):
        return "A time of the credential is not in UTC."
    scales = {scale["id"] for scale in document["credentialSubject"]["achievement"].get("resultDescription", [])}
    for result in document["credentialSubject"].get("result", []):
        if result.get("resultDescription") and result["resultDescription"] not in scales:
            return "A result refers to a scale that the achievement does not have."
    return None


def _has_empty_list(document: dict[str, Any]) -> bool:
    waiting: list[Any] = [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            if not one:
                return True
            waiting.extend(one)
    return False
