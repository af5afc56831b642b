"""The kinds of work, and adding them to the outbox. Only the jobs room claims them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from lti_tool.domain.identity import Actor
from lti_tool.domain.sweeping import Why
from lti_tool.usecases.ports import EventConflict, HandedInBadge, ToldEvent, UnitOfWork


class Work(StrEnum):
    APPLY_EVENTS = "apply_events"
    EVALUATE_LEARNER = "evaluate_learner"
    EVALUATE_COURSE = "evaluate_course"
    ISSUE_CREDENTIAL = "issue_credential"
    RENEW_CREDENTIAL = "renew_credential"
    RENEW_ENDORSED = "renew_endorsed"
    REVIEW_AWARD = "review_award"
    CHECK_HANDED_IN = "check_handed_in"
    UNDO_BATCH = "undo_batch"
    WITHDRAW_AWARDS = "withdraw_awards"
    DELIVER_TO_GRADEBOOK = "deliver_to_gradebook"
    RENAME_COLUMN = "rename_column"
    LOOK_AT_COLUMN = "look_at_column"
    PUBLISH_STATUS_LIST = "publish_status_list"
    READ_COURSE = "read_course"
    PROBE_PLATFORM = "probe_platform"
    SUBSCRIBE_NOTICES = "subscribe_notices"
    HANDLE_NOTICE = "handle_notice"
    KEEP_HOUSE = "keep_house"


# Work that waits for a platform has workers of its own, so that a slow LMS delays no award.
NETWORK_WORK = frozenset(
    {
        Work.DELIVER_TO_GRADEBOOK,
        Work.RENAME_COLUMN,
        Work.LOOK_AT_COLUMN,
        Work.CHECK_HANDED_IN,
        Work.READ_COURSE,
        Work.PROBE_PLATFORM,
        Work.SUBSCRIBE_NOTICES,
    }
)
# Work that goes about it otherwise when it was begun before and did not end: it is told the number of the attempt.
TOLD_ATTEMPT = frozenset({Work.APPLY_EVENTS})
LOCAL_WORK = frozenset(Work) - NETWORK_WORK


# Events applied in one transaction: large enough to share a commit, small enough to leave room for others.
EVENTS_A_JOB = 100
AWARDS_A_JOB = 100


def apply_events(
    unit: UnitOfWork, row_ids: Sequence[int], due_at: datetime | None = None, *, as_wave: bool = False
) -> None:
    """`as_wave`: they tell of many learners at once, and are weighed together: what they award may have to wait for a
    person."""
    more = {"as_wave": True} if as_wave else {}
    for start in range(0, len(row_ids), EVENTS_A_JOB):
        payload = {"row_ids": list(row_ids[start : start + EVENTS_A_JOB])} | more
        unit.outbox.add(Work.APPLY_EVENTS, payload, due_at=due_at)


def take_in(unit: UnitOfWork, told: Sequence[ToldEvent], received_at: datetime) -> list[int | EventConflict | None]:
    """Stores a few events and has them applied; see ports.Inbox.add_with_work."""
    return unit.inbox.add_with_work(told, received_at, Work.APPLY_EVENTS, "row_ids")


def evaluate_learner(unit: UnitOfWork, course_id: str, person_id: str, *, everything: bool = False) -> None:
    """Decides what new facts can change; with `everything` all, as where the learner herself has changed."""
    payload = {"course_id": course_id, "person_id": person_id} | ({"everything": True} if everything else {})
    key = "evaluate-all" if everything else "evaluate"
    unit.outbox.add(Work.EVALUATE_LEARNER, payload, dedupe_key=f"{key}:{course_id}:{person_id}")


def evaluate_course(unit: UnitOfWork, course_id: str, due_at: datetime | None = None) -> None:
    key = f"evaluate-course:{course_id}"
    unit.outbox.add(Work.EVALUATE_COURSE, {"course_id": course_id}, dedupe_key=key, due_at=due_at)


def issue_credential(unit: UnitOfWork, award_id: str, due_at: datetime | None = None) -> None:
    unit.outbox.add(Work.ISSUE_CREDENTIAL, {"award_id": award_id}, dedupe_key=f"issue:{award_id}", due_at=due_at)


def renew_credential(unit: UnitOfWork, award_id: str, binding: str, due_at: datetime | None = None) -> None:
    payload = {"award_id": award_id, "binding": binding}
    unit.outbox.add(Work.RENEW_CREDENTIAL, payload, dedupe_key=f"renew:{award_id}:{binding}"[:250], due_at=due_at)


def renew_endorsed(unit: UnitOfWork, kid: str) -> None:
    """Of the badges that carry an endorsement by a withdrawn key."""
    unit.outbox.add(Work.RENEW_ENDORSED, {"kid": kid}, dedupe_key=f"endorsed:{kid}")


def review_award(unit: UnitOfWork, course_id: str, person_id: str, award_id: str, due_at: datetime) -> None:
    """Looks at an award when something of it is due, as the end of its time."""
    payload = {"course_id": course_id, "person_id": person_id, "award_id": award_id}
    unit.outbox.add(Work.REVIEW_AWARD, payload, dedupe_key=f"review:{award_id}:{due_at.isoformat()}", due_at=due_at)


def check_handed_in(unit: UnitOfWork, badge: HandedInBadge, due_at: datetime) -> None:
    """Each check is followed by the next; of one badge one check waits."""
    payload = {"course_id": badge.course_id, "person_id": badge.person_id, "achievement": badge.achievement}
    key = f"handed-in:{badge.course_id}:{badge.person_id}:{badge.achievement}"
    unit.outbox.add(Work.CHECK_HANDED_IN, payload, dedupe_key=key, due_at=due_at)


def undo_batch(unit: UnitOfWork, batch_id: str, due_at: datetime | None = None) -> None:
    unit.outbox.add(Work.UNDO_BATCH, {"batch_id": batch_id}, dedupe_key=f"undo:{batch_id}", due_at=due_at)


def undo_awards(unit: UnitOfWork, batch_id: str, award_ids: Sequence[str], begin: datetime) -> None:
    """What is left of undoing it once verifiers see it: the awards themselves."""
    _in_pieces(unit, Work.UNDO_BATCH, award_ids, {"batch_id": batch_id}, begin)


def withdraw_awards(unit: UnitOfWork, award_ids: Sequence[str], actor: Actor, reason: str, begin: datetime) -> None:
    _in_pieces(unit, Work.WITHDRAW_AWARDS, award_ids, {"actor": asdict(actor), "reason": reason}, begin)


def _in_pieces(unit: UnitOfWork, kind: Work, award_ids: Sequence[str], more: dict[str, Any], begin: datetime) -> None:
    """Some awards in each piece of work, and one a second, so that of a hundred thousand other work is not held up for
    minutes."""
    for number, start in enumerate(range(0, len(award_ids), AWARDS_A_JOB)):
        payload = more | {"award_ids": list(award_ids[start : start + AWARDS_A_JOB])}
        unit.outbox.add(kind, payload, due_at=begin + timedelta(seconds=number))


def deliver_to_gradebook(unit: UnitOfWork, course_id: str, award_id: str) -> None:
    """Nothing where the platform never offered its gradebook: that is a platform's choice, not a failure."""
    course = unit.courses.get(course_id)
    if course is None or not course.lineitems_url:
        return
    payload = {"award_id": award_id}
    platform = course.registration_id
    unit.outbox.add(Work.DELIVER_TO_GRADEBOOK, payload, dedupe_key=f"gradebook:{award_id}", platform=platform)


def rename_column(unit: UnitOfWork, course_id: str, achievement_id: str) -> None:
    """Nothing where the badge has no column yet: it gets one with the name of that day."""
    if unit.deliveries.column(achievement_id) is not None:
        payload = {"course_id": course_id, "achievement_id": achievement_id}
        platform = _platform_of(unit, course_id)
        unit.outbox.add(Work.RENAME_COLUMN, payload, dedupe_key=f"column:{achievement_id}", platform=platform)


def look_at_column(unit: UnitOfWork, course_id: str, achievement_id: str, due_at: datetime) -> None:
    """Each making of a column is followed by a look of its own: none relies on one that may come too early for it."""
    payload = {"course_id": course_id, "achievement_id": achievement_id}
    unit.outbox.add(Work.LOOK_AT_COLUMN, payload, due_at=due_at, platform=_platform_of(unit, course_id))


def publish_status_list(unit: UnitOfWork, list_id: str, due_at: datetime | None = None) -> None:
    unit.outbox.add(Work.PUBLISH_STATUS_LIST, {"list_id": list_id}, dedupe_key=f"status:{list_id}", due_at=due_at)


def read_course(unit: UnitOfWork, course_id: str, why: Why, due_at: datetime | None = None) -> None:
    payload = {"course_id": course_id, "why": why.value}
    platform = _platform_of(unit, course_id)
    unit.outbox.add(Work.READ_COURSE, payload, dedupe_key=f"read:{course_id}", due_at=due_at, platform=platform)


def read_learner(unit: UnitOfWork, course_id: str, person_id: str) -> None:
    """Of a course what the LMS says of one learner."""
    payload = {"course_id": course_id, "why": Why.ASKED.value, "person_id": person_id}
    key = f"read:{course_id}:{person_id}"
    unit.outbox.add(Work.READ_COURSE, payload, dedupe_key=key, platform=_platform_of(unit, course_id))


def probe_platform(unit: UnitOfWork, registration_id: str, due_at: datetime | None = None) -> None:
    payload = {"registration_id": registration_id}
    unit.outbox.add(Work.PROBE_PLATFORM, payload, dedupe_key=f"probe:{registration_id}", due_at=due_at)


def _platform_of(unit: UnitOfWork, course_id: str) -> str | None:
    course = unit.courses.get(course_id)
    return course.registration_id if course else None


def subscribe_notices(unit: UnitOfWork, registration_id: str, deployment_id: str) -> None:
    payload = {"registration_id": registration_id, "deployment_id": deployment_id}
    key = f"notices:{registration_id}:{deployment_id}"
    unit.outbox.add(Work.SUBSCRIBE_NOTICES, payload, dedupe_key=key, platform=registration_id)


def handle_notice(unit: UnitOfWork, registration_id: str, notice_id: str) -> None:
    unit.outbox.add(Work.HANDLE_NOTICE, {"registration_id": registration_id, "notice_id": notice_id})


def keep_house(unit: UnitOfWork) -> None:
    unit.outbox.add(Work.KEEP_HOUSE, {}, dedupe_key="keep_house")
