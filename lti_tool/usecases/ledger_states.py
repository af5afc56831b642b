"""ledger_states: whether awards stand as the ledger last says, and entries for what was decided before it began."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lti_tool.domain.achievement import AchievementState
from lti_tool.domain.award import Award
from lti_tool.domain.identity import Actor
from lti_tool.domain.ledger import Deed, Fault
from lti_tool.domain.ledger.chain import ERASED
from lti_tool.usecases.ledger_export import details_of
from lti_tool.usecases.ports import Clock, Transactions, UnitOfWork

RECORDED_LATER = "recorded_later"
OPERATOR = Actor("operator")
_AT_ONCE = 500


@dataclass(slots=True)
class _Told:
    """What a course's chain says last of each award, by its id: (number of the entry, payload); which badges it names;
    and when somebody was last erased, with whom all that could be told apart of her awards is gone."""

    awards: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    badges: set[str] = field(default_factory=set)
    erased_at: str = ""


def _told(unit: UnitOfWork, course_id: str) -> _Told:
    told = _Told()
    for entry, _ in unit.ledger.chain(course_id):
        said = entry.read()
        if said.get("action") == ERASED:
            told.erased_at = str(said.get("at", ""))
        award_id = details_of(entry).get("award")
        if isinstance(award_id, str) and entry.subject:
            told.awards[award_id] = (entry.sequence, said)
        elif not entry.subject and entry.achievement_id:
            told.badges.add(entry.achievement_id)
    return told


def differing_awards(unit: UnitOfWork, course_id: str) -> list[Fault]:
    """Awards that are not as the ledger last says. Whoever works here meanwhile makes it look no worse: what differs is
    looked at twice, and both times it must differ alike."""
    found = set(_differing(unit, course_id))
    found &= set(_differing(unit, course_id)) if found else set()
    return sorted(found, key=lambda fault: (fault.sequence, fault.what))


def _differing(unit: UnitOfWork, course_id: str) -> Iterator[Fault]:
    told, bearers = _told(unit, course_id), unit.ledger.bearers(course_id)
    awards = {award.id: award for award in unit.awards.of_course(course_id)}
    for award in awards.values():
        if award.id not in told.awards:
            if not _is_erased(award, told):
                yield Fault(course_id, 0, f"Award {award.id} was never recorded.")
            continue
        number, said = told.awards[award.id]
        what = ", ".join(_differences(unit, award, said, bearers))
        if what:
            yield Fault(course_id, number, f"Award {award.id} is not as it was recorded: {what}.")
    for award_id in told.awards.keys() - awards.keys():
        yield Fault(course_id, told.awards[award_id][0], f"Award {award_id} was recorded and is not there.")


def _is_erased(award: Award, told: _Told) -> bool:
    return bool(told.erased_at) and award.decided_at <= datetime.fromisoformat(told.erased_at)


def _differences(unit: UnitOfWork, award: Award, said: dict[str, Any], bearers: dict[str, str]) -> Iterator[str]:
    stands = {
        "state": award.state.value,
        "flag": award.flag.value,
        "version": award.achievement_version,
        "achievement": award.achievement_id,
    }
    for name, value in stands.items():
        if said.get(name) != value:
            yield f"{name} {value!r} instead of {said.get(name)!r}"
    if bearers.get(str(said.get("subject"))) != award.person_id and not _was_merged(unit, award):
        yield "another learner's"


def _was_merged(unit: UnitOfWork, award: Award) -> bool:
    """Of two accounts of one person that both had it: the ledger tells of her, the award is left with the old one."""
    person = unit.people.get(award.person_id)
    return person is not None and person.subject.startswith("merged:")


class RecordEarlier:
    """Writes one entry for each award and each published badge of which the ledger tells nothing: they are from before
    it was there. That it is written later is said, and what was kept of their history goes along."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions = transactions
        self._clock = clock

    def __call__(self) -> int:
        """Gives how many entries were written. Repeatable: what is recorded is left alone."""
        with self._transactions(write=False) as unit:
            platforms = [registration.id for registration in unit.registrations.all()]
            courses = [course.id for one in platforms for course in unit.courses.of_registration(one)]
        return sum(self._course(course_id) for course_id in courses)

    def _course(self, course_id: str) -> int:
        count = 0
        while some := self._some(course_id):
            count += some
        return count

    def _some(self, course_id: str) -> int:
        now = self._clock.now()
        with self._transactions() as unit:
            told = _told(unit, course_id)
            badges = [
                badge
                for badge in unit.achievements.of_course(course_id)
                if badge.state is not AchievementState.DRAFT and badge.id not in told.badges
            ]
            for badge in badges:
                unit.ledger.note(Deed.about_badge(badge, now, OPERATOR, RECORDED_LATER))
            missing = [
                award
                for award in unit.awards.of_course(course_id)
                if award.id not in told.awards and not _is_erased(award, told)
            ]
            for award in missing[:_AT_ONCE]:
                unit.ledger.note(Deed.about_award(award, now, OPERATOR, RECORDED_LATER, _history(unit, award)))
            unit.commit()
        return len(badges) + len(missing[:_AT_ONCE])


def _history(unit: UnitOfWork, award: Award) -> dict[str, Any]:
    kept = [
        {"at": step.at.isoformat(), "action": step.action, "by": step.actor.name, "reason": step.reason}
        for step in unit.awards.history(award.id)
    ]
    return {"weighed": award.evaluation, "history": kept}
