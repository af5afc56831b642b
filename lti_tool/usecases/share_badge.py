"""share_badge: a learner opens one badge to anyone with the link, stops it, and what a stranger then sees."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.credential import VerificationReport
from lti_tool.domain.errors import BadgeToolError, NotFound
from lti_tool.domain.nomination import Nomination
from lti_tool.usecases.choose_issuer import issuer_of_credential
from lti_tool.usecases.ports import (
    BadgeVerifier,
    Clock,
    Issuer,
    PublicPage,
    StoredCredential,
    Transactions,
    UnitOfWork,
)
from lti_tool.usecases.read_evidence import shown_with


@dataclass(frozen=True, slots=True)
class SharedBadge:
    """What a stranger sees. `holder_name` is "" unless the learner chose to show it. `checked_at`: when verified.
    `handed_in`: what she handed in for it, where she chose to show that."""

    page: PublicPage
    award: Award
    credential: StoredCredential
    report: VerificationReport
    checked_at: datetime
    holder_name: str
    image_id: str
    course_title: str
    issuer: Issuer
    handed_in: tuple[Nomination, ...] = ()


class ShareBadge:
    def __init__(self, transactions: Transactions, clock: Clock, verifier: BadgeVerifier) -> None:
        self._transactions = transactions
        self._clock = clock
        self._verifier = verifier

    def open(
        self, course_id: str, person_id: str, award_id: str, *, show_name: bool, show_evidence: bool = False
    ) -> PublicPage:
        """The page's link; the same one while it is open. Off until the learner asks for it."""
        with self._transactions() as unit:
            award = _own_award(unit, course_id, person_id, award_id)
            if award.state is AwardState.AWARDED:
                raise BadgeToolError("award.not_issued", "The badge is still being written.", status=409)
            held = unit.public_pages.of_award(award_id)
            page = held or PublicPage(secrets.token_urlsafe(24), award_id, self._clock.now())
            page = replace(page, show_name=show_name, show_evidence=show_evidence)
            unit.public_pages.save(page)
            unit.commit()
        return page

    def stop(self, course_id: str, person_id: str, award_id: str) -> None:
        """The link answers "not found" from now on; sharing again makes another link."""
        with self._transactions() as unit:
            _own_award(unit, course_id, person_id, award_id)
            page = unit.public_pages.of_award(award_id)
            if page is not None:
                unit.public_pages.save(replace(page, stopped_at=self._clock.now()))
            unit.commit()

    def show(self, token: str) -> SharedBadge:
        """Verifies the shared badge anew and gives what a stranger may see. Raises `page.unknown`."""
        with self._transactions(write=False) as unit:
            page = unit.public_pages.find(token)
            credential = unit.credentials.get(page.award_id) if page and page.stopped_at is None else None
            if page is None or credential is None or credential.document is None:
                raise NotFound("page.unknown", "This badge is not shared, or no longer.")
            award = unit.awards.get(page.award_id)
            assert award is not None
            person, course = unit.people.get(award.person_id), unit.courses.get(award.course_id)
            badge = unit.achievements.version(award.achievement_id, award.achievement_version)
            assert person is not None
            assert course is not None
            assert badge is not None
            issuer = issuer_of_credential(unit, credential, award.course_id)
            handed_in = tuple(shown_with(unit, award)) if page.show_evidence else ()
        return SharedBadge(
            page=page,
            award=award,
            credential=credential,
            report=self._verifier.verify(credential.document),
            checked_at=self._clock.now(),
            holder_name=person.name if page.show_name else "",
            image_id=badge.image_id,
            course_title=course.title,
            issuer=issuer,
            handed_in=handed_in,
        )


def _own_award(unit: UnitOfWork, course_id: str, person_id: str, award_id: str) -> Award:
    award = unit.awards.get(award_id)
    if award is None or (award.course_id, award.person_id) != (course_id, person_id):
        raise NotFound("award.unknown", "You have no such badge in this course.")
    return award
