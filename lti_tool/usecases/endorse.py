"""endorse: an issuer of the tenant speaks for a badge or for another issuer, signed; badges issued later carry it."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

from lti_tool.domain.achievement import Achievement, AchievementState
from lti_tool.domain.attestation import EndorsementClaim
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.identity import Actor
from lti_tool.domain.issuer import Issuer
from lti_tool.usecases.claim import ClaimBuilder
from lti_tool.usecases.ports import BadgeSigner, Clock, StoredEndorsement, Transactions, UnitOfWork

# Readers look at five of a badge (ours too): three for the badge itself and two for its issuer.
MOST_OF_BADGE, MOST_OF_ISSUER = 3, 2
_LONGEST = 1000


class Endorse:
    def __init__(
        self, transactions: Transactions, clock: Clock, signer: BadgeSigner, claims: ClaimBuilder, tenant_id: str
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._signer = signer
        self._claims = claims
        self._tenant_id = tenant_id

    def badge(self, endorser_slug: str, achievement_id: str, comment: str, actor: Actor) -> StoredEndorsement:
        """Raises `achievement.unknown` for a draft or another tenant's badge, and what `issuer` raises."""
        with self._transactions(write=False) as unit:
            self._require_published(unit, achievement_id)
        return self._endorse(
            endorser_slug, self._claims.achievement_address(achievement_id), comment, actor, MOST_OF_BADGE
        )

    def issuer(self, endorser_slug: str, slug: str, comment: str, actor: Actor) -> StoredEndorsement:
        """Raises `issuer.unknown`, `endorsement.of_itself`, `endorsement.comment_invalid`, `endorsement.too_many`."""
        with self._transactions(write=False) as unit:
            about = self._own(unit, slug)
        if slug == endorser_slug:
            raise _refused("endorsement.of_itself", "Nobody can endorse himself.")
        return self._endorse(endorser_slug, about.id, comment, actor, MOST_OF_ISSUER)

    def all(self) -> list[StoredEndorsement]:
        """The newest first, withdrawn ones too."""
        with self._transactions(write=False) as unit:
            return unit.endorsements.all(self._tenant_id)

    def badges(self) -> dict[str, Achievement]:
        """The published badges of the tenant, by the address that an endorsement of one speaks of."""
        with self._transactions(write=False) as unit:
            platforms = [one for one in unit.registrations.all() if one.tenant_id == self._tenant_id]
            courses = [course for one in platforms for course in unit.courses.of_registration(one.id)]
            found = [badge for course in courses for badge in unit.achievements.of_course(course.id)]
        return {
            self._claims.achievement_address(badge.id): badge
            for badge in found
            if badge.state is not AchievementState.DRAFT
        }

    def withdraw(self, endorsement_id: str) -> None:
        """From now on no new badge carries it. Raises `endorsement.unknown`."""
        with self._transactions() as unit:
            if not unit.endorsements.withdraw(self._tenant_id, endorsement_id, self._clock.now()):
                raise NotFound("endorsement.unknown", "There is no such endorsement, or it was withdrawn.")
            unit.commit()

    def sign_anew(self, kid: str) -> None:
        """All that a key signed, of whichever is not withdrawn: for badges that are issued afterwards. Repeatable."""
        stale = [one for one in self.all() if one.withdrawn_at is None and kid in one.document]
        for held in stale:
            with self._transactions(write=False) as unit:
                endorser = self._own(unit, held.endorser_slug)
                profile = self._claims.profile(unit, endorser)
            claim = EndorsementClaim(f"urn:uuid:{held.id}", profile, held.about, held.comment, held.made_at)
            document = self._signer.sign_endorsement(endorser, claim)
            with self._transactions() as unit:
                unit.endorsements.sign_anew(replace(held, document=document))
                unit.commit()

    def _endorse(self, endorser_slug: str, about: str, comment: str, actor: Actor, most: int) -> StoredEndorsement:
        comment = comment.strip()
        if not 0 < len(comment) <= _LONGEST:
            sentence = f"An endorsement says something, in at most {_LONGEST} characters."
            raise _refused("endorsement.comment_invalid", sentence)
        now, name = self._clock.now().replace(microsecond=0), str(uuid4())
        with self._transactions(write=False) as unit:
            endorser = self._own(unit, endorser_slug)
            profile = self._claims.profile(unit, endorser)
        claim = EndorsementClaim(f"urn:uuid:{name}", profile, about, comment, now)
        document = self._signer.sign_endorsement(endorser, claim)
        made = StoredEndorsement(name, self._tenant_id, endorser_slug, about, comment, document, actor, now)
        with self._transactions() as unit:
            if len(unit.endorsements.standing([about]).get(about, [])) >= most:
                raise _refused("endorsement.too_many", f"At most {most} endorsements of it can stand; withdraw one.")
            unit.endorsements.add(made)
            unit.commit()
        return made

    def _own(self, unit: UnitOfWork, slug: str) -> Issuer:
        found = unit.issuers.by_slug(slug)
        if found is None or found.tenant_id != self._tenant_id:
            raise NotFound("issuer.unknown", "There is no such issuer here.")
        return found

    def _require_published(self, unit: UnitOfWork, achievement_id: str) -> None:
        latest = unit.achievements.latest(achievement_id)
        course = unit.courses.get(latest.course_id) if latest else None
        registration = unit.registrations.get(course.registration_id) if course else None
        is_own = registration is not None and registration.tenant_id == self._tenant_id
        if latest is None or not is_own or latest.state is AchievementState.DRAFT:
            raise NotFound("achievement.unknown", "There is no such badge.")


def _refused(code: str, sentence: str) -> BadgeToolError:
    return BadgeToolError(code, sentence, status=422)
