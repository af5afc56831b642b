"""choose_issuer: in whose name a badge is issued.

Its first credential fixes it; until then the narrowest choice counts.
"""

from __future__ import annotations

from lti_tool.domain.award import Award
from lti_tool.domain.errors import NotFound
from lti_tool.domain.issuer import Issuer, Scope
from lti_tool.usecases.ports import StoredCredential, UnitOfWork


def issuer_of_award(unit: UnitOfWork, award: Award) -> Issuer:
    """Whom all credentials of an award name: a choice that is made later is for awards after it."""
    slug = unit.credentials.issuer_of(award.id)
    if slug is None:
        return issuer_for(unit, award.course_id, award.achievement_id)
    return _named(unit, slug, award.course_id)


def issuer_of_credential(unit: UnitOfWork, credential: StoredCredential, course_id: str) -> Issuer:
    """Whom a stored credential names."""
    return _named(unit, credential.issuer_slug, course_id)


def issuer_for(unit: UnitOfWork, course_id: str, achievement_id: str = "") -> Issuer:
    """Who would issue now. Raises `issuer.unknown` for a course that is not there."""
    course = unit.courses.get(course_id)
    registration = unit.registrations.get(course.registration_id) if course else None
    if registration is None:
        raise _unknown()
    asked = {Scope.BADGE: achievement_id, Scope.COURSE: course_id, Scope.PLATFORM: registration.id}
    chosen = unit.issuers.chosen(registration.tenant_id, asked)
    # In the order of Scope: the narrowest first.
    found = next((chosen[scope] for scope in Scope if scope in chosen), None)
    return found or unit.issuers.of_tenant(registration.tenant_id)


def _named(unit: UnitOfWork, slug: str, course_id: str) -> Issuer:
    if not slug:  # from before there were several: the tenant had one, which bears its name
        course = unit.courses.get(course_id)
        registration = unit.registrations.get(course.registration_id) if course else None
        if registration is None:
            raise _unknown()
        return unit.issuers.by_slug(registration.tenant_id) or unit.issuers.of_tenant(registration.tenant_id)
    issuer = unit.issuers.by_slug(slug)
    if issuer is None:
        raise _unknown()
    return issuer


def _unknown() -> NotFound:
    return NotFound("issuer.unknown", "There is no such issuer here.")
