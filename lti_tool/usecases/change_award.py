"""change_award: the one place where an award is stored, with its history, what follows, and the learner's notice.

Callers hold the learner's lock and decide; here is what every change brings with it, in the same transaction.
"""

from __future__ import annotations

from lti_tool.domain.award import Award, AwardState
from lti_tool.domain.award_batch import BatchState
from lti_tool.domain.evaluation import Reason
from lti_tool.domain.identity import Actor
from lti_tool.usecases import work
from lti_tool.usecases.hold_badges import hold_badge
from lti_tool.usecases.ports import Clock, UnitOfWork

# What a learner is told of. That a grade fell and a teacher looks at it is told where she looks for it: in the history.
TOLD = frozenset(
    {"renewed", "awarded_again", "grace", "suspended", "restored", "revoked", "lifted", "expiring", "expired"}
)
_STANDS = AwardState.ISSUED


def add_award(unit: UnitOfWork, clock: Clock, award: Award, actor: Actor, action: str, reason: str = "") -> bool:
    """A new award, and the work of issuing it; False where she has it already in this period."""
    if not unit.awards.add(award):
        return False
    _note(unit, clock, award, actor, action, reason)
    watch(unit, award)
    _issue(unit, award)
    return True


def change_award(
    unit: UnitOfWork,
    clock: Clock,
    before: Award,
    after: Award,
    actor: Actor,
    action: str,
    reason: str = "",
    weighed: Reason | None = None,
) -> None:
    """`before` as it is stored, `after` what it becomes. Nothing where they are the same. `weighed`: what was known of
    the rule when it was decided."""
    if before == after:
        return
    unit.awards.save(after)
    _note(unit, clock, after, actor, action, reason, weighed)
    watch(unit, after)
    if before.state is not after.state:
        _tell_outside(unit, clock, before, after)


def is_withdrawn(unit: UnitOfWork, award: Award) -> bool:
    """Whether it is revoked, or is among many that are being revoked and is marked already for all who verify."""
    return award.state is AwardState.REVOKED or (award.state is _STANDS and unit.status_lists.is_marked(award.id))


def is_undone(unit: UnitOfWork, award: Award) -> bool:
    """Whether the mass award that it belongs to was taken back, though this award may not have been reached yet."""
    batch = unit.award_batches.get(award.batch_id) if award.batch_id else None
    return batch is not None and batch.state is BatchState.UNDONE


def _note(
    unit: UnitOfWork,
    clock: Clock,
    award: Award,
    actor: Actor,
    action: str,
    reason: str,
    weighed: Reason | None = None,
) -> None:
    now = clock.now()
    unit.awards.note(award.id, now, actor, action, reason, weighed=weighed.to_json() if weighed else None)
    if action in TOLD:
        unit.learner_notices.add(award, now, action, reason, actor.name if actor.kind == "person" else "")


def watch(unit: UnitOfWork, award: Award) -> None:
    """Has it looked at when the next thing is due: the end of a grace, a reminder, the end of its time."""
    badge = None if award.state is AwardState.REVOKED else unit.achievements.latest(award.achievement_id)
    if badge is None:
        return
    lapse = award.expires_at if award.lapsed_at is None else None
    due = min((at for at in (award.act_at, award.reminds_at(badge.terms), lapse) if at is not None), default=None)
    if due is not None:
        work.review_award(unit, award.course_id, award.person_id, award.id, due)


def _issue(unit: UnitOfWork, award: Award) -> None:
    """Not before the time is over in which a mass award can be undone without a trace."""
    batch = unit.award_batches.get(award.batch_id) if award.batch_id else None
    work.issue_credential(unit, award.id, due_at=batch.sign_at if batch else None)


def _tell_outside(unit: UnitOfWork, clock: Clock, before: Award, after: Award) -> None:
    """The status list, the gradebook, and badges that build on this one."""
    was_out = before.issued_at is not None
    list_id = None
    if after.state is AwardState.AWARDED:
        _issue(unit, after)
    elif after.state is AwardState.REVOKED:
        list_id = unit.status_lists.revoke(after.id)
    elif AwardState.SUSPENDED in (before.state, after.state):
        list_id = unit.status_lists.suspend(after.id, suspended=after.state is AwardState.SUSPENDED)
    if list_id is not None:
        work.publish_status_list(unit, list_id)
    if was_out or after.state is _STANDS:
        hold_badge(unit, after, clock, held=after.state is _STANDS)
        work.deliver_to_gradebook(unit, after.course_id, after.id)
