"""host_badge: a badge that its learner shares, as Open Badges 2.0 at addresses of this tool.

Hosted means that this server vouches for it, so it lives exactly as long as the learner shares the badge. The learner
is in it as a salted hash of the address that the platform told; without one a backpack could compare it with nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.credential import AchievementFacts, BadgeClaim, IssuerProfile
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.usecases.change_award import is_withdrawn
from lti_tool.usecases.choose_issuer import issuer_for, issuer_of_award
from lti_tool.usecases.claim import ClaimBuilder
from lti_tool.usecases.names import CourseNames
from lti_tool.usecases.ports import Issuer, Transactions, UnitOfWork


class HostedWriter(Protocol):
    """Writes the documents (credentials.open_badges_2)."""

    def assertion(
        self, claim: BadgeClaim, *, address: str, class_address: str, email: str, salt: str, page: str
    ) -> dict[str, Any]: ...
    def revoked_assertion(self, address: str, reason: str) -> dict[str, Any]: ...
    def badge_class(self, achievement: AchievementFacts, *, address: str, issuer_address: str) -> dict[str, Any]: ...
    def issuer_profile(self, issuer: IssuerProfile, address: str) -> dict[str, Any]: ...


class HostBadge:
    """`salt_of(award id)`: the same each time, and not to be guessed."""

    def __init__(
        self,
        transactions: Transactions,
        claims: ClaimBuilder,
        writer: HostedWriter,
        salt_of: Callable[[str], str],
        base_url: str,
    ) -> None:
        self._transactions = transactions
        self._claims = claims
        self._writer = writer
        self._salt_of = salt_of
        self._base_url = base_url

    def address(self, token: str) -> str:
        return f"{self._base_url}/b/{token}/assertion.json"

    def assertion(self, token: str) -> tuple[dict[str, Any], bool]:
        """The assertion, and whether it was withdrawn. Raises `page.unknown`, and `hosted.no_address` (404)."""
        with self._transactions(write=False) as unit:
            page = unit.public_pages.find(token)
            award = unit.awards.get(page.award_id) if page and page.stopped_at is None else None
            if award is None or award.state in (AwardState.AWARDED, AwardState.SUSPENDED):
                raise NotFound("page.unknown", "This badge is not shared, or no longer.")
            if is_withdrawn(unit, award):
                return self._writer.revoked_assertion(self.address(token), award.revocation_reason), True
            return self._good(unit, award, token), False

    def badge_class(self, achievement_id: str, version: int) -> dict[str, Any]:
        """One published version. Raises `achievement.unknown`."""
        with self._transactions(write=False) as unit:
            latest = unit.achievements.latest(achievement_id)
            found = unit.achievements.version(achievement_id, version) if latest else None
            if latest is None or found is None or latest.state is AchievementState.DRAFT:
                raise NotFound("achievement.unknown", "There is no such badge.")
            facts = self._claims.achievement(found, CourseNames.load(unit, found.course_id))
            issuer = issuer_for(unit, found.course_id, achievement_id)
        address = self._class_address(achievement_id, version)
        return self._writer.badge_class(facts, address=address, issuer_address=self._issuer_address(issuer))

    def issuer(self, slug: str) -> dict[str, Any]:
        """Raises `issuer.unknown`."""
        with self._transactions(write=False) as unit:
            found = unit.issuers.by_slug(slug)
            if found is None:
                raise NotFound("issuer.unknown", "There is no such issuer here.")
            profile = self._claims.profile(unit, found)
        return self._writer.issuer_profile(profile, self._issuer_address(found))

    def _good(self, unit: UnitOfWork, award: Award, token: str) -> dict[str, Any]:
        person = unit.people.get(award.person_id)
        if person is None or not person.email:
            message = "The platform told no e-mail address, and Open Badges 2.0 name their holder by one."
            raise BadgeToolError("hosted.no_address", message, status=404)
        issuer = issuer_of_award(unit, award)
        claim = self._claims.build(unit, award, issuer, "", award.decided_at)
        return self._writer.assertion(
            claim,
            address=self.address(token),
            class_address=self._class_address(award.achievement_id, award.achievement_version),
            email=person.email,
            salt=self._salt_of(award.id),
            page=f"{self._base_url}/b/{token}",
        )

    def _class_address(self, achievement_id: str, version: int) -> str:
        return f"{self._base_url}/achievements/{achievement_id}/versions/{version}.json"

    def _issuer_address(self, issuer: Issuer) -> str:
        return f"{self._base_url}/issuers/{issuer.slug}/profile-2.json"
