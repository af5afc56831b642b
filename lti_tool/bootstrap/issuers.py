"""The issuer that the settings describe. Others, and more about this one, are an administrator's."""

from __future__ import annotations

from dataclasses import replace

from lti_tool.credentials.did_web import issuer_did
from lti_tool.domain.issuer import Issuer
from lti_tool.settings import Settings
from lti_tool.usecases.ports import Transactions


def keep_own_issuer(settings: Settings, transactions: Transactions) -> None:
    """Makes the tenant's issuer, or brings it in line with the settings. What an administrator said of it stays."""
    slug = settings.tenant
    fresh = Issuer(
        tenant_id=settings.tenant,
        slug=slug,
        id=issuer_did(settings.base_url, slug),
        name=settings.issuer_name,
        url=f"{settings.base_url}/issuers/{slug}",
        proof=settings.issuer_proof,
        jwt_algorithm=settings.issuer_jwt_algorithm,
    )
    with transactions() as unit:
        held = unit.issuers.by_slug(slug)
        if held is not None and held.edited_at is not None:
            fresh = replace(held, id=fresh.id)
        if held != fresh:
            unit.issuers.save(fresh)
        unit.commit()
