"""The platforms of one tenant: another tenant's do not exist for it."""

from __future__ import annotations

from lti_tool.domain.errors import NotFound
from lti_tool.domain.platform import Registration
from lti_tool.usecases.ports import UnitOfWork


def own_platform(unit: UnitOfWork, registration_id: str, tenant_id: str) -> Registration:
    """Raises `platform.unknown` for one that is not there, `authz.tenant` for another tenant's, in the same words."""
    registration = unit.registrations.get(registration_id)
    if registration is None:
        raise NotFound("platform.unknown", "There is no such platform.")
    if registration.tenant_id != tenant_id:
        raise NotFound("authz.tenant", "There is no such platform.")
    return registration
