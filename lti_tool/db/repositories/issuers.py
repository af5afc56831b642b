"""Who issues, and for what."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, and_, bindparam, case, delete, or_, select

from lti_tool.db.remembering import Remembering, once
from lti_tool.db.statements import upsert, values_of
from lti_tool.db.tables.platform import issuer_choices, issuers
from lti_tool.domain.issuer import Issuer, Scope

# Built once, as every award and every check of a signature runs them.
_BY_SLUG = select(issuers).where(issuers.c.slug == bindparam("slug"))
_BY_ID = select(issuers).where(issuers.c.id == bindparam("issuer_id"))


class SqlIssuers(Remembering):
    """Implements usecases.ports.Issuers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @once
    def of_tenant(self, tenant_id: str) -> Issuer:
        is_chosen = and_(issuer_choices.c.scope == Scope.TENANT, issuer_choices.c.scope_id == tenant_id)
        choices = select(issuer_choices.c.slug).where(is_chosen).scalar_subquery()
        # Else the one that the settings describe, which bears the tenant's name.
        order = case((issuers.c.slug == choices, 0), (issuers.c.slug == tenant_id, 1), else_=2)
        query = select(issuers).where(issuers.c.tenant_id == tenant_id).order_by(order, issuers.c.slug).limit(1)
        return Issuer(**self._connection.execute(query).one()._mapping)

    def all(self, tenant_id: str) -> list[Issuer]:
        query = select(issuers).where(issuers.c.tenant_id == tenant_id).order_by(issuers.c.slug)
        return [Issuer(**row._mapping) for row in self._connection.execute(query)]

    @once
    def by_slug(self, slug: str) -> Issuer | None:
        row = self._connection.execute(_BY_SLUG, {"slug": slug}).first()
        return Issuer(**row._mapping) if row else None

    def by_id(self, issuer_id: str) -> Issuer | None:
        row = self._connection.execute(_BY_ID, {"issuer_id": issuer_id}).first()
        return Issuer(**row._mapping) if row else None

    def save(self, issuer: Issuer) -> None:
        upsert(self._connection, issuers, values_of(issuer, issuers))

    @once
    def chosen(self, tenant_id: str, scopes: Mapping[Scope, str]) -> dict[Scope, Issuer]:
        table = issuer_choices
        asked = or_(*(and_(table.c.scope == scope, table.c.scope_id == name) for scope, name in scopes.items()))
        query = select(table.c.scope, *issuers.c).join(issuers, issuers.c.slug == table.c.slug)
        rows = self._connection.execute(query.where(asked, issuers.c.tenant_id == tenant_id))
        found = {}
        for row in rows.mappings():
            values = dict(row)
            scope = Scope(values.pop("scope"))
            found[scope] = Issuer(**values)
        return found

    def choices(self, tenant_id: str) -> list[tuple[Scope, str, Issuer]]:
        table = issuer_choices
        query = select(table.c.scope, table.c.scope_id, *issuers.c).join(issuers, issuers.c.slug == table.c.slug)
        found = []
        for row in self._connection.execute(query.where(issuers.c.tenant_id == tenant_id)).mappings():
            values = dict(row)
            scope, scope_id = Scope(values.pop("scope")), values.pop("scope_id")
            found.append((scope, scope_id, Issuer(**values)))
        return found

    def choose(self, scope: Scope, scope_id: str, slug: str) -> None:
        table = issuer_choices
        if slug:
            upsert(self._connection, table, {"scope": scope.value, "scope_id": scope_id, "slug": slug})
        else:
            self._connection.execute(delete(table).where(table.c.scope == scope, table.c.scope_id == scope_id))
