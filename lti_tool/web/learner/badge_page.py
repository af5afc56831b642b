"""One earned badge as its page shows it: what the credential says, where it is, what happened to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool.delivery.links import linkedin_add_to_profile
from lti_tool.domain.award import AwardState
from lti_tool.usecases.learner_badges import MyBadge
from lti_tool.usecases.ports import HistoryEntry, WalletOffer

_HAPPENED = {
    "awarded": "Earned",
    "issued": "Signed and issued",
    "revoked": "Withdrawn",
    "linked": "Moved to the account that the learning platform uses now",
    "awarded_again": "Earned again",
    "renewed": "Renewed",
    "grace": "A grade changed: the rule is not met any more",
    "suspended": "Suspended",
    "restored": "Stands again",
    "lifted": "It may be earned again",
    "reissued": "Issued anew",
    "named": "You put your name into it",
    "unnamed": "You took your name out of it",
    "expiring": "A reminder that it lapses soon",
    "expired": "Its time is over",
    "flagged": "A grade changed; the teacher was asked to look",
    "unflagged": "The grade meets the rule again",
    "kept": "The teacher let it stand",
}
COLLECTED = "collected"


@dataclass(frozen=True, slots=True)
class Evidence:
    name: str
    narrative: str


@dataclass(frozen=True, slots=True)
class Happening:
    """A line of the history."""

    at: datetime
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class BadgeView:
    """All of the page. `issuer` is "" and `evidence` empty while the credential is being signed."""

    award_id: str
    name: str
    description: str
    image_id: str
    is_drawn: bool
    course_title: str
    sentence: str
    issuer: str
    state: AwardState
    earned_at: datetime
    revoked_at: datetime | None
    revocation_reason: str
    suspension_reason: str
    expires_at: datetime | None
    is_expired: bool
    evidence: list[Evidence]
    history: list[Happening]
    holder: str
    collected_at: datetime | None
    public_url: str
    shows_name: bool
    shows_evidence: bool
    has_handed_in: bool
    # False where its issuer has no key for tokens: then there is neither a JWT nor an SD-JWT.
    has_token: bool
    # "" where the signed credential names nobody.
    name_inside: str
    linkedin_url: str

    @property
    def is_ready(self) -> bool:
        return self.state is AwardState.ISSUED and bool(self.issuer)


def badge_view(badge: MyBadge, base_url: str) -> BadgeView:
    """The page of an earned badge; nothing of it is guessed: evidence and issuer are the signed credential's."""
    award, page = badge.award, badge.public_page
    document = json.loads(badge.credential.document) if badge.credential and badge.credential.document else {}
    issuer = str(document.get("issuer", {}).get("name", ""))
    public_url = f"{base_url}/b/{page.token}" if page else ""
    return BadgeView(
        award_id=award.id,
        name=badge.achievement.name,
        description=badge.achievement.description,
        image_id=badge.achievement.image_id,
        is_drawn=bool(badge.achievement.design),
        course_title=badge.course.title,
        sentence=badge.sentence,
        issuer=issuer,
        state=award.state,
        earned_at=award.decided_at,
        revoked_at=award.revoked_at,
        revocation_reason=award.revocation_reason,
        suspension_reason=award.suspension_reason,
        expires_at=award.expires_at,
        is_expired=badge.is_expired,
        evidence=_evidence(document),
        history=[_happening(entry) for entry in badge.history],
        holder=badge.person.name,
        collected_at=collected_at(badge.offer),
        public_url=public_url,
        shows_name=bool(page and page.show_name),
        shows_evidence=bool(page and page.show_evidence),
        has_handed_in=bool(badge.shown_with),
        has_token=bool(badge.credential and badge.credential.jwt),
        name_inside=_name_inside(document),
        linkedin_url=_linkedin(badge, issuer, public_url, document) if public_url else "",
    )


def _name_inside(document: dict[str, Any]) -> str:
    identities = document.get("credentialSubject", {}).get("identifier", [])
    return next((str(one["identityHash"]) for one in identities if one["identityType"] == "name"), "")


def collected_at(offer: WalletOffer | None) -> datetime | None:
    """When a wallet took the badge, by its latest offer."""
    return offer.collected_at if offer is not None and offer.state == COLLECTED else None


def _evidence(document: dict[str, Any]) -> list[Evidence]:
    found = document.get("evidence") or []
    items = found if isinstance(found, list) else [found]
    return [Evidence(str(item.get("name", "")), str(item.get("narrative", ""))) for item in items]


def _happening(entry: HistoryEntry) -> Happening:
    return Happening(entry.at, _HAPPENED.get(entry.action, entry.action.capitalize()), entry.reason)


def _linkedin(badge: MyBadge, issuer: str, public_url: str, document: dict[str, Any]) -> str:
    return linkedin_add_to_profile(
        name=badge.achievement.name,
        organization=issuer,
        issued_at=badge.award.decided_at,
        public_url=public_url,
        credential_id=str(document.get("id", "")),
    )
