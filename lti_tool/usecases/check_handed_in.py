"""check_handed_in: a badge of another platform that a learner handed in is checked again and again.

It is not held any more where a check fails: it was withdrawn or suspended, or its time is over. It is held again where
all checks pass again. What could not be checked changes nothing, and is tried again the next day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lti_tool.domain.identity import Person
from lti_tool.usecases import work
from lti_tool.usecases.check_badges import CheckBadges, CheckedBadge, HandedIn
from lti_tool.usecases.hand_in_badge import AGAIN, is_hers, issued_by_its_owner, state_held
from lti_tool.usecases.ports import Clock, HandedInBadge, Transactions

SOON = timedelta(days=1)


class CheckHandedIn:
    def __init__(self, transactions: Transactions, clock: Clock, check: CheckBadges) -> None:
        self._transactions = transactions
        self._clock = clock
        self._check = check

    def __call__(self, course_id: str, person_id: str, achievement: str) -> None:
        """Repeatable. Nothing is open in the database while the badge is looked at."""
        with self._transactions(write=False) as unit:
            held = unit.handed_in.get(course_id, person_id, achievement)
            person = unit.people.get(person_id)
        if held is None or person is None:
            return
        holds = _holds(self._check.one(HandedIn("", held.data, held.link)), held, person)
        now = self._clock.now()
        with self._transactions() as unit:
            if unit.handed_in.get(course_id, person_id, achievement) != held:
                return  # it was handed in anew meanwhile, and is checked again by that
            if holds is not None:
                if holds is not held.holds:
                    state_held(unit, held, now, now, holds=holds)
                unit.handed_in.save(replace(held, checked_at=now, holds=holds))
            work.check_handed_in(unit, held, now + (SOON if holds is None else AGAIN))
            unit.commit()


def _holds(checked: CheckedBadge, held: HandedInBadge, person: Person) -> bool | None:
    """None: not known. What stands at an address now can be another badge: that says nothing of this one."""
    report = checked.report
    if report is None or report.facts is None or report.facts.achievement_id != held.achievement:
        return None
    if report.failed:
        return False
    same = issued_by_its_owner(report.facts) and is_hers(report.facts, person)
    return True if report.valid and same else None
