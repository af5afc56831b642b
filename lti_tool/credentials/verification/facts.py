"""What the credential says about itself, read without trusting any member to be there or of its kind."""

from __future__ import annotations

from typing import Any

from lti_tool.domain.credential import BadgeFacts, EvidenceFact, HashedIdentity

_MAX_EVIDENCE = 100


def facts_of(document: dict[str, Any]) -> BadgeFacts:
    """The facts of any credential that could be read; "" for each that is not stated."""
    subject = _first(document.get("credentialSubject"))
    achievement = _first(subject.get("achievement"))
    criteria = _first(achievement.get("criteria"))
    image = _image(achievement.get("image")) or _image(document.get("image"))
    issuer = _named(document.get("issuer"))
    return BadgeFacts(
        credential_id=_text(document, "id"),
        issuer_id=_text(issuer, "id"),
        issuer_name=_text(issuer, "name"),
        recipient_id=_text(subject, "id"),
        recipient_name=_recipient_name(subject),
        achievement_id=_text(achievement, "id"),
        achievement_name=_text(achievement, "name") or _text(document, "name"),
        achievement_description=_text(achievement, "description"),
        criteria_narrative=_text(criteria, "narrative"),
        criteria_url=_text(criteria, "id"),
        image_url=_text(image, "id"),
        image_caption=_text(image, "caption"),
        evidence=tuple(
            EvidenceFact(_text(item, "name"), _text(item, "narrative"), _text(item, "id"))
            for item in map(_named, _list(document.get("evidence"))[:_MAX_EVIDENCE])
            if item
        ),
        awarded_date=_text(document, "awardedDate") or _text(document, "validFrom"),
        valid_from=_text(document, "validFrom"),
        valid_until=_text(document, "validUntil"),
        identities=_identities(_list(subject.get("identifier"))),
        skills=_skills(achievement.get("alignment")),
    )


def hosted_facts(assertion: dict[str, Any], badge_class: dict[str, Any], issuer: dict[str, Any]) -> BadgeFacts:
    """The facts of an Open Badge 2.0. Members that are not there, or of another kind, are "" here too."""
    recipient = _first(assertion.get("recipient"))
    criteria, image = _named(badge_class.get("criteria")), _named(badge_class.get("image"))
    evidence = [_named(item) for item in _list(assertion.get("evidence"))[:_MAX_EVIDENCE] if item]
    return BadgeFacts(
        credential_id=_text(assertion, "id"),
        issuer_id=_text(issuer, "id"),
        issuer_name=_text(issuer, "name"),
        recipient_id="" if recipient.get("hashed") else _text(recipient, "identity"),
        recipient_name="",
        achievement_id=_text(badge_class, "id"),
        achievement_name=_text(badge_class, "name"),
        achievement_description=_text(badge_class, "description"),
        criteria_narrative=_text(criteria, "narrative"),
        criteria_url=_text(criteria, "id"),
        image_url=_text(image, "id"),
        image_caption=_text(image, "caption"),
        evidence=tuple(EvidenceFact(_text(e, "name"), _text(e, "narrative"), _text(e, "id")) for e in evidence),
        awarded_date=_text(assertion, "issuedOn"),
        valid_from=_text(assertion, "issuedOn"),
        valid_until=_text(assertion, "expires"),
        identities=_identities([{**recipient, "identityHash": recipient.get("identity")}]),
        skills=_skills(badge_class.get("alignment")),
    )


def _identities(values: list[Any]) -> tuple[HashedIdentity, ...]:
    """What a holder can be compared with, without being named."""
    return tuple(
        HashedIdentity(_text(value, "identityHash"), _text(value, "salt"))
        for value in map(_first, values[:_MAX_EVIDENCE])
        if value.get("hashed") is True and _text(value, "identityHash")
    )


def _skills(value: Any) -> tuple[str, ...]:
    named = [_text(_first(item), "targetName") for item in _list(value)[:_MAX_EVIDENCE]]
    return tuple(name for name in named if name)


def _recipient_name(subject: dict[str, Any]) -> str:
    for identifier in map(_first, _list(subject.get("identifier"))):
        if identifier.get("hashed") is False and identifier.get("identityType") == "name":
            return _text(identifier, "identityHash")
    return ""


def _image(value: Any) -> dict[str, Any]:
    return _named(value)


def _named(value: Any) -> dict[str, Any]:
    """An object, or the bare address of one."""
    return {"id": value} if isinstance(value, str) else _first(value)


def _first(value: Any) -> dict[str, Any]:
    for item in _list(value):
        if isinstance(item, dict):
            return item
    return {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(node: dict[str, Any], term: str) -> str:
    value = node.get(term)
    return value if isinstance(value, str) else ""
