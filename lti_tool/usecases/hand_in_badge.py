"""hand_in_badge: a learner shows a badge of another platform that a rule builds on; what is verified is a fact."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.credential import BadgeFacts, CheckOutcome, HashedIdentity
from lti_tool.domain.errors import BadgeToolError, Forbidden, NotFound
from lti_tool.domain.fact_kind import FactKind
from lti_tool.domain.identity import Person
from lti_tool.domain.learner_record import Fact
from lti_tool.domain.learning_event import EARLIEST_EVENT, LearningEvent
from lti_tool.usecases import work
from lti_tool.usecases.check_badges import CheckBadges, HandedIn
from lti_tool.usecases.evaluate_learner import is_eligible
from lti_tool.usecases.hold_badges import badges_asked
from lti_tool.usecases.ports import Clock, HandedInBadge, Transactions, UnitOfWork

SOURCE = "handed_in"
# What is larger is checked when it is handed in, and not again.
MOST_KEPT = 1024 * 1024
AGAIN = timedelta(days=7)


class HandInBadge:
    def __init__(self, transactions: Transactions, clock: Clock, check: CheckBadges) -> None:
        self._transactions = transactions
        self._clock = clock
        self._check = check

    def __call__(self, course_id: str, person_id: str, handed: HandedIn) -> str:
        """The name of the badge, which from now on is held. It is checked before anything is opened in the database.

        Raises what could not be looked up or read, `badge.not_valid` with the check that failed or could not be made,
        `badge.not_asked`, `badge.issuer_foreign`, `badge.not_hers` and `badge.not_a_learner`.
        """
        facts = self._verified(handed)
        now = self._clock.now()
        with self._transactions() as unit:
            person = unit.people.get(person_id)
            if person is None or not is_eligible(unit.people.enrolment(course_id, person_id)):
                raise Forbidden("badge.not_a_learner", "Only learners of the course are awarded badges.")
            if facts.achievement_id not in _asked(unit, course_id):
                raise NotFound(
                    "badge.not_asked", f"No badge of this course builds on “{facts.achievement_name[:100]}”."
                )
            if not issued_by_its_owner(facts):
                raise Forbidden(
                    "badge.issuer_foreign", "The badge was issued by somebody else than the one whose badge it is."
                )
            if not is_hers(facts, person):
                raise Forbidden(
                    "badge.not_hers",
                    "The badge does not say that it was issued to your e-mail address here.",
                    "It must have been issued to the address that your learning platform tells. Ask your teacher.",
                )
            data = handed.data.encode() if isinstance(handed.data, str) else handed.data
            badge = HandedInBadge(course_id, person_id, facts.achievement_id, handed.link, data, now, now)
            before = unit.handed_in.get(course_id, person_id, facts.achievement_id)
            # Where it did not hold meanwhile, it holds from now on, whenever it was earned.
            since = _awarded_at(facts, now) if before is None or before.holds else now
            state_held(unit, badge, since, now, holds=True)
            if handed.link or len(data) <= MOST_KEPT:
                unit.handed_in.save(badge)
                work.check_handed_in(unit, badge, next_check(facts, now))
            unit.commit()
        return facts.achievement_name

    def _verified(self, handed: HandedIn) -> BadgeFacts:
        checked = self._check.one(handed)
        if checked.error is not None:
            raise checked.error
        report = checked.report
        if report is None or not report.valid or report.facts is None:
            open_ = [one for one in report.checks if one.outcome is not CheckOutcome.PASSED] if report else []
            why = open_[0].sentence if open_ else ""
            raise BadgeToolError("badge.not_valid", f"This badge could not be verified. {why}".strip(), status=422)
        return report.facts


def state_held(unit: UnitOfWork, badge: HandedInBadge, at: datetime, now: datetime, *, holds: bool) -> None:
    """That she holds it from `at` on, or no longer; what builds on it is weighed anew."""
    event = LearningEvent(
        event_id=f"{holds}:{at.isoformat()}:{badge.achievement}"[:255],
        source=SOURCE,
        context_id=badge.course_id,
        subject=badge.person_id,
        kind=FactKind.BADGE_HELD,
        target=badge.achievement,
        occurred_at=at,
        completed=holds,
    )
    if unit.records.merge(badge.course_id, badge.person_id, [Fact.of(event, now)]):
        work.evaluate_learner(unit, badge.course_id, badge.person_id)


def next_check(facts: BadgeFacts, now: datetime) -> datetime:
    """When it is checked again: after a week, or as soon as its time is over."""
    try:
        ends = datetime.fromisoformat(facts.valid_until) + timedelta(minutes=1)
    except ValueError:
        return now + AGAIN
    return ends if ends.tzinfo is not None and now < ends < now + AGAIN else now + AGAIN


def _asked(unit: UnitOfWork, course_id: str) -> set[str]:
    """What live badges of the course build on."""
    live = (one for one in unit.achievements.of_course(course_id) if one.state is AchievementState.PUBLISHED)
    return {target for badge in live if badge.criteria is not None for target in badges_asked(badge.criteria)}


def issued_by_its_owner(facts: BadgeFacts) -> bool:
    """Whether issuer and achievement are of one web site: everybody can sign a badge that names the achievement of
    somebody else."""
    host = urlsplit(facts.achievement_id).netloc
    issuer = facts.issuer_id
    of_issuer = unquote(issuer.split(":")[2]) if issuer.startswith("did:web:") else urlsplit(issuer).netloc
    return bool(host) and host == of_issuer


def is_hers(facts: BadgeFacts, person: Person) -> bool:
    """By the e-mail address that the platform tells of her, as the badge has it: in the clear or hashed. Badges of this
    tool name her by her id here."""
    if facts.recipient_id == f"urn:uuid:{person.id}":
        return True
    addresses = {person.email, person.email.lower()} - {""}
    if any(facts.recipient_id in (address, f"mailto:{address}") for address in addresses):
        return True
    return any(_matches(identity, address) for identity in facts.identities for address in addresses)


def _matches(identity: HashedIdentity, address: str) -> bool:
    # Open Badges 3.0, IdentityObject: "sha256$" and the hex of SHA-256 over the identity, then the salt.
    digest = hashlib.sha256((address + identity.salt).encode()).hexdigest()
    return hmac.compare_digest(f"sha256${digest}", identity.hash.lower())


def _awarded_at(facts: BadgeFacts, now: datetime) -> datetime:
    """When the badge says that it was earned; a time that cannot be is not taken over."""
    try:
        at = datetime.fromisoformat(facts.awarded_date or facts.valid_from)
    except ValueError:
        return now
    return at if at.tzinfo is not None and EARLIEST_EVENT <= at <= now else now
