"""What still holds of a launch when its session asks for a page, and whose things the page's address names."""

from __future__ import annotations

from dataclasses import dataclass

from lti_tool.domain.duty import Duty
from lti_tool.domain.errors import NotFound
from lti_tool.domain.identity import Course
from lti_tool.domain.platform import Registration, RegistrationState
from lti_tool.usecases.ports import LaunchSession, Transactions, UnitOfWork

DEPLOYED = "active"


@dataclass(frozen=True, slots=True)
class Standing:
    """`registration` None: the launch counts no longer, because its platform or deployment was switched off.

    `is_enrolled`: neither suspended nor gone from the course since; true where there is no course to be enrolled in.
    `duties`: what was entrusted to this person in the course.
    """

    registration: Registration | None
    is_enrolled: bool
    duties: frozenset[Duty] = frozenset()


class Admission:
    """Read by every request below /s/<session_id>/; nothing is kept between two of them."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def standing(self, session: LaunchSession) -> Standing:
        with self._transactions(write=False) as unit:
            registration = unit.registrations.get(session.registration_id)
            deployed = unit.registrations.deployment_state(session.registration_id, session.deployment_id)
            if registration is None or registration.state is not RegistrationState.ACTIVE or deployed != DEPLOYED:
                return Standing(None, False)
            if not session.course_id:
                return Standing(registration, True)
            enrolment = unit.people.enrolment(session.course_id, session.person_id)
            duties = unit.duties.of_person(session.course_id, session.person_id)
            return Standing(registration, enrolment is not None and enrolment.active, duties)

    def check_names(self, session: LaunchSession, *, achievement_id: str, award_id: str, own: bool) -> None:
        """Whether the badge and the award that an address names ("" for none) are this session's to see.

        `own`: an award must be the session's own person's. What does not exist is left to the page. Raises NotFound
        with `authz.tenant`, `authz.context_scope`, `authz.course` or `authz.subject_scope`: one sentence for all, so
        that the person learns no more than that there is no such badge for her.
        """
        with self._transactions(write=False) as unit:
            badge = unit.achievements.latest(achievement_id) if achievement_id else None
            award = unit.awards.get(award_id) if award_id else None
            for course_id in (found.course_id for found in (badge, award) if found is not None):
                self._check_course(unit, session, course_id)
            if own and award is not None and award.person_id != session.person_id:
                raise _not_here("authz.subject_scope")
            if badge is not None and award is not None and award.achievement_id != badge.id:
                raise _not_here("authz.course")

    def _check_course(self, unit: UnitOfWork, session: LaunchSession, course_id: str) -> None:
        if course_id == session.course_id:
            return
        theirs, ours = unit.courses.get(course_id), unit.courses.get(session.course_id)
        if _tenant(unit, theirs) != _tenant(unit, ours):
            raise _not_here("authz.tenant")
        if theirs is not None and ours is not None and theirs.context_id == ours.context_id:
            # The LMS's number of a course means nothing outside of the deployment that uses it.
            raise _not_here("authz.context_scope")
        raise _not_here("authz.course")


def _tenant(unit: UnitOfWork, course: Course | None) -> str:
    registration = unit.registrations.get(course.registration_id) if course else None
    return registration.tenant_id if registration else ""


def _not_here(code: str) -> NotFound:
    return NotFound(code, "There is no such badge in this course.")
