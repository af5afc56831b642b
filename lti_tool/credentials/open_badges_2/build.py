"""The same badge as Open Badges 2.0, for backpacks that read nothing newer (https://www.imsglobal.org/spec/ob/v2p0/)."""

from __future__ import annotations

import hashlib
from typing import Any

from lti_tool.credentials.timestamps import to_text
from lti_tool.domain.credential import AchievementFacts, BadgeClaim, IssuerProfile, SkillAlignment

CONTEXT = "https://w3id.org/openbadges/v2"


def assertion(
    claim: BadgeClaim, *, address: str, class_address: str, email: str, salt: str, page: str
) -> dict[str, Any]:
    """What is hosted at `address`. The holder stands in it as a salted hash of `email`, `page` is for people."""
    built: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": address,
        "recipient": {"type": "email", "hashed": True, "salt": salt, "identity": identity_hash(email, salt)},
        "badge": class_address,
        "issuedOn": to_text(claim.awarded_date),
        "verification": {"type": "HostedBadge"},
        "evidence": [{"id": page, "name": item.name, "narrative": item.narrative} for item in claim.evidence],
    }
    return built | ({"expires": to_text(claim.valid_until)} if claim.valid_until else {})


def revoked_assertion(address: str, reason: str) -> dict[str, Any]:
    """What is served with status 410 once it was withdrawn ("Revoking Hosted Assertions")."""
    said = {"@context": CONTEXT, "type": "Assertion", "id": address, "revoked": True}
    return said | ({"revocationReason": reason} if reason else {})


def badge_class(achievement: AchievementFacts, *, address: str, issuer_address: str) -> dict[str, Any]:
    """One version of a badge."""
    criteria = {"narrative": achievement.criteria_narrative, "id": achievement.criteria_url or achievement.id}
    image = {"id": achievement.image.id, "caption": achievement.image.caption} if achievement.image else None
    built = {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": address,
        "name": achievement.name,
        "description": achievement.description,
        "image": image,
        "criteria": {name: value for name, value in criteria.items() if value},
        "issuer": issuer_address,
        "alignment": [_alignment(one) for one in achievement.alignments],
        "tags": list(achievement.tags),
    }
    return {name: value for name, value in built.items() if value not in (None, [], {})}


def issuer_profile(issuer: IssuerProfile, address: str) -> dict[str, Any]:
    """The issuer, whose `id` here is the address itself and not the DID."""
    more = {
        "email": issuer.email,
        "description": issuer.description,
        "image": issuer.image.id if issuer.image else "",
    }
    built = {"@context": CONTEXT, "type": "Issuer", "id": address, "name": issuer.name, "url": issuer.url or address}
    return built | {name: value for name, value in more.items() if value}


def identity_hash(email: str, salt: str) -> str:
    """``sha256$`` and hex over the address, trimmed and in small letters, then the salt."""
    return "sha256$" + hashlib.sha256((email.strip().lower() + salt).encode()).hexdigest()


def _alignment(one: SkillAlignment) -> dict[str, str]:
    members = {
        "targetName": one.target_name,
        "targetUrl": one.target_url,
        "targetCode": one.target_code,
        "targetFramework": one.framework,
    }
    return {name: value for name, value in members.items() if value}
