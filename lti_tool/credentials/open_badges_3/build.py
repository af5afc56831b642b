"""BadgeClaim to an unsigned AchievementCredential (https://www.imsglobal.org/spec/ob/v3p0/#achievementcredential).

The same claim gives the same dict, member by member in the same order. Members without a value are left out, because
empty lists and nulls are not allowed; sets are always lists, because verifiers check the strict schema.
"""

from __future__ import annotations

import json
from typing import Any

from lti_tool.credentials.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS
from lti_tool.credentials.timestamps import to_text
from lti_tool.domain.credential import (
    AchievementFacts,
    BadgeClaim,
    EvidenceItem,
    ImageRef,
    IssuerProfile,
    Recipient,
    ResultLevel,
    ResultScale,
    ResultValue,
    SkillAlignment,
    StatusEntry,
)

# The order is prescribed. The extensions define `1EdTechJsonSchemaValidator2019`; without them strict JSON-LD readers
# refuse the type.
CONTEXT = (CREDENTIALS_V2, OPEN_BADGES_3_0_3, OPEN_BADGES_EXTENSIONS)
SCHEMA_URL = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"


def build_credential(claim: BadgeClaim) -> dict[str, Any]:
    """The credential as a plain dict in compact JSON-LD, without a proof and unchecked (see `checks`)."""
    return _filled(
        {
            "@context": list(CONTEXT),
            "id": claim.credential_id,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": claim.achievement.name,
            "description": claim.achievement.description,
            "issuer": build_profile(claim.issuer),
            "validFrom": to_text(claim.valid_from),
            "validUntil": to_text(claim.valid_until) if claim.valid_until else None,
            "awardedDate": to_text(claim.awarded_date),
            "credentialSubject": _subject(claim),
            "evidence": [_evidence(item) for item in claim.evidence],
            "credentialStatus": _status(claim.status),
            "credentialSchema": [{"id": SCHEMA_URL, "type": "1EdTechJsonSchemaValidator2019"}],
        }
    )


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    return {term: value for term, value in members.items() if value not in (None, "", [])}


def build_profile(issuer: IssuerProfile) -> dict[str, Any]:
    """The Profile (Open Badges 3.0) as it stands in credentials and at the issuer's own address."""
    return _filled(
        {
            "id": issuer.id,
            "type": ["Profile"],
            "name": issuer.name,
            "url": issuer.url,
            "description": issuer.description,
            "image": _image(issuer.image),
            "email": issuer.email,
            "parentOrg": build_profile(issuer.parent) if issuer.parent else None,
            "endorsement": [json.loads(signed) for signed in issuer.endorsements],
        }
    )


def _image(image: ImageRef | None) -> dict[str, Any] | None:
    return _filled({"id": image.id, "type": "Image", "caption": image.caption}) if image else None


def _subject(claim: BadgeClaim) -> dict[str, Any]:
    return _filled(
        {
            "id": claim.recipient.id,
            "type": ["AchievementSubject"],
            "identifier": _identifiers(claim.recipient),
            "achievement": build_achievement(claim.achievement),
            "result": [_result(result) for result in claim.results],
        }
    )


def _identifiers(recipient: Recipient) -> list[dict[str, Any]]:
    identifiers: list[dict[str, Any]] = []
    if recipient.name:
        # Wallets show the first identifier that is not hashed as the learner's name.
        identifiers.append(
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": recipient.name,
                "identityType": "name",
            }
        )
    if recipient.email:
        identifiers.append(
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": recipient.email.hash,
                "identityType": "emailAddress",
                "salt": recipient.email.salt,
            }
        )
    return identifiers


def build_achievement(achievement: AchievementFacts) -> dict[str, Any]:
    """The Achievement (Open Badges 3.0, B.1.3) as it stands in credentials and at its own address."""
    return _filled(
        {
            "id": achievement.id,
            "type": ["Achievement"],
            "achievementType": achievement.achievement_type,
            "name": achievement.name,
            "description": achievement.description,
            "criteria": _filled({"id": achievement.criteria_url, "narrative": achievement.criteria_narrative}),
            "image": _image(achievement.image),
            "version": achievement.version,
            "tag": list(achievement.tags),
            "alignment": [_alignment(alignment) for alignment in achievement.alignments],
            "resultDescription": [_scale(scale) for scale in achievement.result_scales],
            "endorsement": [json.loads(signed) for signed in achievement.endorsements],
        }
    )


def _alignment(alignment: SkillAlignment) -> dict[str, Any]:
    return _filled(
        {
            "type": ["Alignment"],
            "targetName": alignment.target_name,
            "targetUrl": alignment.target_url,
            "targetType": alignment.target_type,
            "targetCode": alignment.target_code,
            "targetFramework": alignment.framework,
        }
    )


def _scale(scale: ResultScale) -> dict[str, Any]:
    return _filled(
        {
            "id": scale.id,
            "type": ["ResultDescription"],
            "name": scale.name,
            "resultType": scale.result_type,
            "valueMin": scale.value_min,
            "valueMax": scale.value_max,
            "requiredValue": scale.required_value,
            "requiredLevel": scale.required_level,
            "rubricCriterionLevel": [_level(level) for level in scale.levels],
        }
    )


def _level(level: ResultLevel) -> dict[str, Any]:
    return _filled(
        {
            "id": level.id,
            "type": ["RubricCriterionLevel"],
            "name": level.name,
            "description": level.description,
            "points": level.points,
        }
    )


def _result(result: ResultValue) -> dict[str, Any]:
    return _filled(
        {
            "type": ["Result"],
            "resultDescription": result.scale_id,
            "value": result.value,
            "achievedLevel": result.level_id,
        }
    )


def _evidence(item: EvidenceItem) -> dict[str, Any]:
    return _filled(
        {
            "id": item.id,
            "type": ["Evidence"],
            "name": item.name,
            "narrative": item.narrative,
            "genre": item.genre,
        }
    )


def _status(status: StatusEntry) -> dict[str, Any]:
    return {
        "id": f"{status.list_url}#{status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": status.purpose,
        "statusListIndex": str(status.index),
        "statusListCredential": status.list_url,
    }
