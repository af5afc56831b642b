"""What a badge credential says, gathered from the award, its evaluation and the course."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from lti_tool.domain import criteria
from lti_tool.domain.achievement import Achievement
from lti_tool.domain.award import Award
from lti_tool.domain.award_terms import Regrade
from lti_tool.domain.credential import (
    AchievementFacts,
    BadgeClaim,
    EvidenceItem,
    ImageRef,
    IssuerProfile,
    Recipient,
    SkillAlignment,
    StatusEntry,
)
from lti_tool.domain.criteria import Criteria, Skill, SkillKind
from lti_tool.domain.errors import NotFound
from lti_tool.domain.evaluation import Outcome
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.marks import Marks, mark_lines
from lti_tool.domain.sentence import criteria_sentence, number, requirement_sentence
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import Issuer, UnitOfWork
from lti_tool.usecases.rubric_results import Met, marks_then, results_of, scales_of


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

    def allocate_ahead(self, unit: UnitOfWork, awards: Iterable[tuple[Award, Issuer]]) -> None:
        """Places on status lists at once for many awards that are going to be built."""
        kinds: dict[tuple[str, str, str], list[str]] = {}
        for award, issuer in awards:
            achievement = unit.achievements.version(award.achievement_id, award.achievement_version)
            if achievement is not None:
                kinds.setdefault((issuer.tenant_id, _purpose(achievement), issuer.slug), []).append(award.id)
        for (tenant_id, purpose, slug), award_ids in kinds.items():
            unit.status_lists.allocate_ahead(tenant_id, award_ids, purpose, slug)

    def build(
        self,
        unit: UnitOfWork,
        award: Award,
        issuer: Issuer,
        holder_did: str,
        valid_from: datetime,
        name: str = "",
    ) -> BadgeClaim:
        """The claim of an award as of `valid_from`. The learner's `name` is in it only with her consent."""
        achievement = unit.achievements.version(award.achievement_id, award.achievement_version)
        if achievement is None:
            raise NotFound("achievement.unknown", "There is no such badge.")
        names = CourseNames.load(unit, award.course_id)
        list_id, index = unit.status_lists.allocate(issuer.tenant_id, award.id, _purpose(achievement), issuer.slug)
        address = self.achievement_address(achievement.id)
        endorsed = _endorsements(unit, [address, issuer.id])
        profile = self.profile(unit, issuer)
        met = list(_met(award.evaluation))
        facts = self.achievement(achievement, names, _alignments(met))
        return BadgeClaim(
            credential_id=f"urn:uuid:{award.id}",
            issuer=replace(profile, endorsements=tuple(endorsed.get(issuer.id, ()))),
            recipient=Recipient(holder_did or f"urn:uuid:{award.person_id}", name),
            achievement=replace(facts, endorsements=tuple(endorsed.get(address, ()))),
            valid_from=valid_from,
            awarded_date=award.decided_at.replace(microsecond=0),
            status=StatusEntry(
                f"{self._base_url}/issuers/{issuer.slug}/status/{list_id}", index, unit.status_lists.purpose(list_id)
            ),
            valid_until=award.expires_at.replace(microsecond=0) if award.expires_at else None,
            evidence=tuple(_evidence(unit, award, met, names)),
            results=results_of(unit, award, met),
        )

    def achievement_address(self, achievement_id: str) -> str:
        """What credentials call the achievement."""
        return f"{self._base_url}/achievements/{achievement_id}"

    def profile(self, unit: UnitOfWork, issuer: Issuer) -> IssuerProfile:
        """All that an issuer says of itself, with the organisation that it belongs to."""
        parent = unit.issuers.by_slug(issuer.parent_slug) if issuer.parent_slug else None
        return self._profile(issuer, self._profile(parent) if parent else None)

    def _profile(self, issuer: Issuer, parent: IssuerProfile | None = None) -> IssuerProfile:
        address = f"{self._base_url}/images/{issuer.image_id}.png"
        return IssuerProfile(
            id=issuer.id,
            name=issuer.name,
            url=issuer.url,
            image=ImageRef(address, f"Logo of {issuer.name}") if issuer.image_id else None,
            email=issuer.email,
            description=issuer.description,
            parent=parent,
        )

    def achievement(
        self, achievement: Achievement, names: CourseNames, alignments: tuple[SkillAlignment, ...] | None = None
    ) -> AchievementFacts:
        """The public side of one version of a badge. `alignments`: the skills that one award assessed; without them,
        those that the rule can assess."""
        if alignments is None and achievement.criteria is not None:
            alignments = tuple(dict.fromkeys(map(_alignment, skills_of(achievement.criteria))))
        narrative = criteria_sentence(achievement.criteria, names) if achievement.criteria else ""
        return AchievementFacts(
            id=self.achievement_address(achievement.id),
            name=achievement.name,
            description=achievement.description,
            criteria_narrative=narrative,
            image=ImageRef(f"{self._base_url}/images/{achievement.image_id}.png", achievement.image_caption),
            version=str(achievement.version),
            alignments=alignments or (),
            result_scales=scales_of(achievement.id, achievement.criteria) if achievement.criteria else (),
        )


def withdrawn_kids(unit: UnitOfWork) -> set[str]:
    """The keys that are none of their issuers' any more."""
    return {key.kid for key in unit.key_history.all() if key.withdrawn_at is not None}


def _endorsements(unit: UnitOfWork, about: list[str]) -> dict[str, list[str]]:
    """Those that stand, but for what a withdrawn key signed and no other has signed anew yet."""
    standing = unit.endorsements.standing(about)
    withdrawn = withdrawn_kids(unit) if standing else set()
    return {name: [one for one in said if not any(kid in one for kid in withdrawn)] for name, said in standing.items()}


def _purpose(achievement: Achievement) -> str:
    """Open Badges 3.0 have one status in a badge (B.1.1), so one that can be suspended is on a list of suspensions,
    and stays suspended there for good where it is withdrawn."""
    return "suspension" if achievement.terms.regrade is Regrade.SUSPEND else "revocation"


# Open Badges 3.0, B.2.2: the types of targets that it has words for.
_TARGET_TYPES = {SkillKind.CASE: "CFItem", SkillKind.CTDL: "ceasn:Competency"}


def _alignment(skill: Skill) -> SkillAlignment:
    return SkillAlignment(skill.name, skill.uri, _TARGET_TYPES.get(skill.kind, ""), skill.code, skill.framework)


def skills_of(tree: Criteria) -> Iterator[Skill]:
    """What a rule assesses: nothing is assessed by a requirement that must not be met."""
    if isinstance(tree, criteria.Requirement):
        if tree.skill is not None:
            yield tree.skill
    elif tree.joiner != "not":
        for part in tree.parts:
            yield from skills_of(part)


def _alignments(met: Iterable[Met]) -> tuple[SkillAlignment, ...]:
    """The skills of the requirements that were met when the award was decided, each once."""
    return tuple(dict.fromkeys(_alignment(skill) for leaf, _ in met for skill in skills_of(leaf)))


def _met(evaluation: dict[str, Any]) -> Iterator[Met]:
    """Requirements that were met, each with what was seen; none below a “not”."""
    if "parts" in evaluation:
        for part in evaluation["parts"] if evaluation["type"] != "not" else ():
            yield from _met(part)
    elif evaluation["outcome"] == Outcome.MET:
        leaf = criteria.parse(evaluation)
        assert isinstance(leaf, criteria.Requirement)
        yield leaf, evaluation


def _evidence(unit: UnitOfWork, award: Award, met: Iterable[Met], names: CourseNames) -> list[EvidenceItem]:
    """One piece of evidence for each met leaf: what was observed, by which source, when. No marks of others. An award
    by hand says so, with what the person who gave it shows for it."""
    by_hand = award.evaluation.get("by_hand")
    given = [_evidence_by_hand(**by_hand)] if by_hand is not None else []
    return given + [
        _evidence_item(leaf, seen, names, marks_then(unit, award, leaf, seen)) for leaf, seen in met if "source" in seen
    ]


def _evidence_by_hand(text: str, url: str) -> EvidenceItem:
    return EvidenceItem("Awarded by the staff of the course", text or "Decided by a person.", "Decision", url)


def _evidence_item(leaf: criteria.Requirement, seen: dict[str, Any], names: CourseNames, marks: Marks) -> EvidenceItem:
    sentence = requirement_sentence(leaf, names)
    observed, letter = seen.get("observed"), seen.get("observed_letter", "")
    in_points = leaf.unit == "points" or leaf.kind is FactKind.EVIDENCE_REVIEW
    words = letter if observed is None else f"{number(observed)}{' points' if in_points else ' %'}"
    words += f" ({', '.join(mark_lines(marks))})" if marks else ""
    by = "decided by a reviewer" if leaf.evidence else "recorded by the learning platform"
    at = datetime.fromisoformat(seen["occurred_at"])
    return EvidenceItem(
        name=sentence[:1].upper() + sentence[1:],
        narrative=f"Met on {at.day} {at:%B %Y}, as {by}." + (f" Observed: {words}." if words else ""),
        genre="Criterion",
    )
