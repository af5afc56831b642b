"""same_person: one person stays one where the platform names her anew (a changed ``sub``, merged accounts).

What shows it is the claim lti11_legacy_user_id (LTI 1.3 Migration Guide, 5.3): the name that she had before, signed by
the platform in a launch, or told by its roster.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from lti_tool.domain.aliases import Alias, AliasKind, unambiguous
from lti_tool.domain.identity import SYSTEM, Course, Person
from lti_tool.usecases import work
from lti_tool.usecases.ports import Member, UnitOfWork

Place = tuple[str, str]


def person_named(unit: UnitOfWork, place: Place, subject: str) -> Person | None:
    """Who bears this ``sub``, or bore it. `place`: (registration id, deployment id)."""
    found = unit.people.find(*place, subject)
    return found or unit.people.by_alias(*place, AliasKind.PAST_SUBJECT.value, subject)


def recognise(
    unit: UnitOfWork, now: datetime, place: Place, subject: str, told: Iterable[Alias], also_here: Collection[str] = ()
) -> Person | None:
    """Who this subject is, by its ``sub`` or by the name that she had before; None for somebody new.

    An older person of that name is given this ``sub``; where both are known, the older one's facts and awards go over
    to this one, once. `also_here` are the other subjects of the same roster: who stands there herself is another.
    """
    known = person_named(unit, place, subject)
    older = _bearer(unit, place, told)
    if older is None or older.subject in also_here or (known is not None and known.id == older.id):
        return known
    past = Alias(AliasKind.PAST_SUBJECT, older.subject)
    if known is None:
        unit.people.save_aliases([(older, past)], now, take_over=True)
        renamed = replace(older, subject=subject)
        unit.people.save(renamed)
        return renamed
    _hand_over(unit, now, older, known)
    # Whoever is called by the older one's name is this one from now on.
    unit.people.save(replace(older, subject=f"merged:{older.id}"))
    unit.people.save_aliases([(known, past)], now, take_over=True)
    return known


def recognise_members(unit: UnitOfWork, now: datetime, course: Course, members: Sequence[Member]) -> None:
    """The same for those of a roster who are told a name from before."""
    told = unambiguous((member.subject, alias) for member in members for alias in member.aliases)
    listed = {member.subject for member in members}
    for subject, alias in told:
        if alias.kind is AliasKind.LTI11_USER_ID:
            recognise(unit, now, (course.registration_id, course.deployment_id), subject, [alias], listed - {subject})


def _bearer(unit: UnitOfWork, place: Place, told: Iterable[Alias]) -> Person | None:
    for alias in told:
        if alias.kind is AliasKind.LTI11_USER_ID:
            return unit.people.by_alias(*place, alias.kind.value, alias.value)
    return None


def _hand_over(unit: UnitOfWork, now: datetime, older: Person, kept: Person) -> None:
    for course in unit.courses.of_registration(older.registration_id):
        unit.people.lock(course.id, kept.id)
        unit.records.merge(course.id, kept.id, unit.records.get(course.id, older.id))
        unit.ledger.hand_over(course.id, older.id, kept.id)
        held = {(award.achievement_id, award.period) for award in unit.awards.of_person(course.id, kept.id)}
        for award in unit.awards.of_person(course.id, older.id):
            if (award.achievement_id, award.period) not in held:
                unit.awards.save(replace(award, person_id=kept.id))
                unit.awards.note(award.id, now, SYSTEM, "linked")
        _hand_over_nominations(unit, course.id, older, kept)
        enrolment = unit.people.enrolment(course.id, older.id)
        if enrolment is not None:
            # Nothing more is awarded to the name that nobody bears any more.
            unit.people.save_enrolment(replace(enrolment, active=False))
            work.evaluate_learner(unit, course.id, kept.id)


def _hand_over_nominations(unit: UnitOfWork, course_id: str, older: Person, kept: Person) -> None:
    for nomination in unit.nominations.of_person(course_id, older.id):
        if unit.nominations.find(nomination.achievement_id, kept.id, nomination.piece) is None:
            unit.nominations.save(replace(nomination, person_id=kept.id))
