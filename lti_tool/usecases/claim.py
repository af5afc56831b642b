"""What a badge credential says, gathered from the award, its evaluation and the course."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.domain import criteria
from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award
from lti_tool.domain.credential import (
    AchievementFacts,
    BadgeClaim,
    EvidenceItem,
    ImageRef,
    IssuerProfile,
    Recipient,
    StatusEntry,
)
from lti_tool.domain.errors import NotFound
from lti_tool.domain.evaluation import Outcome
from lti_tool.domain.sentence import criteria_sentence, number, requirement_sentence
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import Issuer, UnitOfWork


class ClaimBuilder:
    """`base_url` is the tool's public address, without a slash at the end."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url

    def tenant_of(self, unit: UnitOfWork, award: Award) -> str:
        course = unit.courses.get(award.course_id)
        registration = unit.registrations.get(course.registration_id) if course else None
        if registration is None:
            raise NotFound("award.unknown", "There is no such award.")
        return registration.tenant_id

    def build(
        self, unit: UnitOfWork, award: Award, issuer: Issuer, holder_did: str, valid_from: datetime
    ) -> BadgeClaim:
        """The claim of an award as of `valid_from`. The learner's name is in it only with her consent: never here."""
        achievement = unit.achievements.version(award.achievement_id, award.achievement_version)
        if achievement is None:
            raise NotFound("achievement.unknown", "There is no such badge.")
        names = CourseNames.load(unit, award.course_id)
        list_id, index = unit.status_lists.allocate(issuer.tenant_id, award.id)
        return BadgeClaim(
            credential_id=f"urn:uuid:{award.id}",
            issuer=IssuerProfile(issuer.id, issuer.name, issuer.url),
            recipient=Recipient(holder_did or f"urn:uuid:{award.person_id}"),
            achievement=self.achievement(achievement, names),
            valid_from=valid_from,
            awarded_date=award.decided_at.replace(microsecond=0),
            status=StatusEntry(f"{self._base_url}/issuers/{issuer.slug}/status/{list_id}", index),
            evidence=tuple(_evidence(award.evaluation, names)),
        )

    def achievement(self, achievement: Achievement, names: CourseNames) -> AchievementFacts:
        """The public side of one version of a badge."""
        address = f"{self._base_url}/achievements/{achievement.id}"
        narrative = criteria_sentence(achievement.criteria, names) if achievement.criteria else ""
        return AchievementFacts(
            id=address,
            name=achievement.name,
            description=achievement.description,
            criteria_narrative=narrative,
            image=ImageRef(f"{self._base_url}/images/{achievement.image_id}.png", f"Badge: {achievement.name}"),
            version=str(achievement.version),
        )


def _evidence(evaluation: dict[str, Any], names: CourseNames) -> list[EvidenceItem]:
    """One piece of evidence for each met leaf: what was observed, by which source, when. No marks of others."""
    if "parts" in evaluation:
        return [item for part in evaluation["parts"] for item in _evidence(part, names)]
    if evaluation["outcome"] != Outcome.MET or "source" not in evaluation:
        return []
    leaf = criteria.parse(evaluation)
    assert isinstance(leaf, criteria.Requirement)
    sentence = requirement_sentence(leaf, names)
    observed = evaluation.get("observed")
    seen = "" if observed is None else f" Observed: {number(observed)}{' %' if leaf.unit == 'percent' else ' points'}."
    at = datetime.fromisoformat(evaluation["occurred_at"])
    return [
        EvidenceItem(
            name=sentence[:1].upper() + sentence[1:],
            narrative=f"Met on {at.day} {at:%B %Y}, as recorded by the learning platform.{seen}",
            genre="Criterion",
        )
    ]
