"""Who may do what in a course: the tables that decide it. Roles are those of the launch's own course alone."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from lti_tool.domain.duty import ENTRUSTED, Duty
from lti_tool.domain.errors import Forbidden
from lti_tool.domain.roles import CourseRole


class Permission(StrEnum):
    """What a page shows or an action does."""

    OPEN_TOOL = "open_tool"
    VIEW_OWN_BADGES = "view_own_badges"
    SEE_COURSE = "see_course"
    PLACE_BADGES = "place_badges"
    EDIT_BADGES = "edit_badges"
    DECIDE_AWARDS = "decide_awards"
    REVIEW_EVIDENCE = "review_evidence"
    ENTRUST = "entrust"
    ADD_RECORDS = "add_records"


_TEACHES = frozenset({CourseRole.INSTRUCTOR})
# A non-editing teacher sees what the teacher sees and changes nothing. What she may place in the course is the
# learning platform's to decide: it sends a Deep Linking request only for people who may.
_STAFF = _TEACHES | {CourseRole.ASSISTANT}
_MEMBERS = _STAFF | {CourseRole.LEARNER, CourseRole.TEST_STUDENT}

ALLOWED: dict[Permission, frozenset[CourseRole]] = {
    Permission.OPEN_TOOL: frozenset(CourseRole),
    Permission.VIEW_OWN_BADGES: _MEMBERS,
    Permission.SEE_COURSE: _STAFF,
    Permission.PLACE_BADGES: _STAFF,
    Permission.EDIT_BADGES: _TEACHES,
    Permission.DECIDE_AWARDS: _TEACHES,
    Permission.REVIEW_EVIDENCE: _TEACHES,
    Permission.ENTRUST: _TEACHES,
    Permission.ADD_RECORDS: _TEACHES,
}

# What a duty opens beside that, for those who neither teach nor learn in the course (domain/duty.py).
OPENED: dict[Duty, frozenset[Permission]] = {
    Duty.VIEWER: frozenset({Permission.SEE_COURSE}),
    Duty.REVIEWER: frozenset({Permission.SEE_COURSE, Permission.REVIEW_EVIDENCE}),
    Duty.DESIGNER: frozenset({Permission.SEE_COURSE, Permission.PLACE_BADGES, Permission.EDIT_BADGES}),
    Duty.ISSUER: frozenset({Permission.SEE_COURSE, Permission.DECIDE_AWARDS}),
}

# What each view below /s/<session_id>/ asks for. A view that is missing here opens for nobody.
ASKED: dict[str, Permission] = {
    "pages.home": Permission.OPEN_TOOL,
    "learner.badges": Permission.VIEW_OWN_BADGES,
    "learner.changes": Permission.VIEW_OWN_BADGES,
    "learner.check_again": Permission.VIEW_OWN_BADGES,
    "learner.seen": Permission.VIEW_OWN_BADGES,
    "learner.badge": Permission.VIEW_OWN_BADGES,
    "learner.again": Permission.VIEW_OWN_BADGES,
    "learner.wallet": Permission.VIEW_OWN_BADGES,
    "learner.wallet_changes": Permission.VIEW_OWN_BADGES,
    "learner.card": Permission.VIEW_OWN_BADGES,
    "learner.card_changes": Permission.VIEW_OWN_BADGES,
    "learner.progress": Permission.VIEW_OWN_BADGES,
    "learner.progress_changes": Permission.VIEW_OWN_BADGES,
    "learner.file": Permission.VIEW_OWN_BADGES,
    "learner.record": Permission.VIEW_OWN_BADGES,
    "learner.evidence": Permission.VIEW_OWN_BADGES,
    "learner.hand_in": Permission.VIEW_OWN_BADGES,
    "learner.evidence_file": Permission.VIEW_OWN_BADGES,
    "learner.foreign": Permission.VIEW_OWN_BADGES,
    "learner.hand_in_badge": Permission.VIEW_OWN_BADGES,
    "learner.share": Permission.VIEW_OWN_BADGES,
    "learner.stop_sharing": Permission.VIEW_OWN_BADGES,
    "instructor.course": Permission.SEE_COURSE,
    "instructor.progress": Permission.SEE_COURSE,
    "instructor.read_now": Permission.SEE_COURSE,
    "instructor.readings": Permission.SEE_COURSE,
    "instructor.badge": Permission.SEE_COURSE,
    "instructor.csv": Permission.SEE_COURSE,
    "instructor.ledger": Permission.SEE_COURSE,
    "instructor.versions": Permission.SEE_COURSE,
    "instructor.ledger_file": Permission.SEE_COURSE,
    "instructor.course_ledger": Permission.SEE_COURSE,
    "instructor.new": Permission.EDIT_BADGES,
    "instructor.send_new": Permission.EDIT_BADGES,
    "instructor.edit": Permission.EDIT_BADGES,
    "instructor.copied": Permission.EDIT_BADGES,
    "instructor.bring_over": Permission.EDIT_BADGES,
    "instructor.decide_copy": Permission.EDIT_BADGES,
    "instructor.send": Permission.EDIT_BADGES,
    "instructor.drift": Permission.SEE_COURSE,
    "instructor.mend": Permission.EDIT_BADGES,
    "instructor.pause": Permission.EDIT_BADGES,
    "instructor.resume": Permission.EDIT_BADGES,
    "instructor.approve": Permission.DECIDE_AWARDS,
    "instructor.withdraw": Permission.DECIDE_AWARDS,
    "instructor.keep": Permission.DECIDE_AWARDS,
    "instructor.award": Permission.DECIDE_AWARDS,
    "instructor.give": Permission.DECIDE_AWARDS,
    "instructor.award_table": Permission.DECIDE_AWARDS,
    "instructor.send_award_table": Permission.DECIDE_AWARDS,
    "instructor.reviews": Permission.REVIEW_EVIDENCE,
    "instructor.review": Permission.REVIEW_EVIDENCE,
    "instructor.decide": Permission.REVIEW_EVIDENCE,
    "instructor.review_file": Permission.REVIEW_EVIDENCE,
    "instructor.nominate": Permission.REVIEW_EVIDENCE,
    "instructor.put_forward": Permission.REVIEW_EVIDENCE,
    "instructor.people": Permission.ENTRUST,
    "instructor.save_duties": Permission.ENTRUST,
    "instructor.lift": Permission.DECIDE_AWARDS,
    "instructor.confirm_batch": Permission.DECIDE_AWARDS,
    "instructor.decline_batch": Permission.DECIDE_AWARDS,
    "instructor.undo_batch": Permission.DECIDE_AWARDS,
    "instructor.upload": Permission.ADD_RECORDS,
    "instructor.send_upload": Permission.ADD_RECORDS,
    "instructor.pick": Permission.PLACE_BADGES,
    "instructor.place": Permission.PLACE_BADGES,
}


def may(role: CourseRole, permission: Permission, duties: Iterable[Duty] = ()) -> bool:
    """Whether a role, with the duties that were entrusted to the person, has a permission; pages use it to leave out
    buttons that would be refused."""
    if role in ALLOWED[permission]:
        return True
    return role in ENTRUSTED and any(permission in OPENED[duty] for duty in duties)


def require(role: CourseRole, permission: Permission, duties: Iterable[Duty] = ()) -> None:
    """Raises `authz.role` (403)."""
    if not may(role, permission, duties):
        raise _not_for_this_role()


def asked_by(endpoint: str | None) -> Permission:
    """What a view asks for. Raises `authz.role` for a view of which nobody has decided that."""
    permission = ASKED.get(endpoint or "")
    if permission is None:
        raise _not_for_this_role()
    return permission


def _not_for_this_role() -> Forbidden:
    return Forbidden(
        "authz.role",
        "This page is not for your role in this course.",
        "Ask the teacher of the course if you think that it should be.",
    )
