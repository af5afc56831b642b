"""Several issuers for a tenant, and who issues for what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lti_tool.db.types import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_COLUMNS = ("tenant_id", "slug", "id", "name", "url", "proof", "jwt_algorithm")


def upgrade() -> None:
    held = _rows()
    op.drop_table("issuers")
    issuers = op.create_table(
        "issuers",
        sa.Column("slug", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("proof", sa.String(32), nullable=False),
        sa.Column("jwt_algorithm", sa.String(8), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("image_id", sa.String(64), nullable=False),
        sa.Column("colour", sa.String(7), nullable=False),
        sa.Column("parent_slug", sa.String(64), nullable=False),
        sa.Column("edited_at", UtcDateTime(timezone=True)),
        sa.PrimaryKeyConstraint("slug", name="pk_issuers"),
        sa.UniqueConstraint("id", name="uq_issuers_id"),
    )
    op.create_index("ix_issuers_tenant_id", "issuers", ["tenant_id"])
    if held:
        nothing = dict.fromkeys(("email", "description", "image_id", "colour", "parent_slug"), "")
        op.bulk_insert(issuers, [row | nothing for row in held])
    op.create_table(
        "issuer_choices",
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("scope_id", sa.String(64), nullable=False),
        sa.Column("slug", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["slug"], ["issuers.slug"], name="fk_issuer_choices_slug"),
        sa.PrimaryKeyConstraint("scope", "scope_id", name="pk_issuer_choices"),
    )
    for table in ("credentials", "status_lists"):
        op.add_column(table, sa.Column("issuer_slug", sa.String(64), nullable=False, server_default=""))
    # Each tenant had one issuer, which all its lists and badges name.
    op.execute(
        "UPDATE status_lists SET issuer_slug = COALESCE((SELECT issuers.slug FROM issuers"
        " WHERE issuers.tenant_id = status_lists.tenant_id), '')"
    )


def downgrade() -> None:
    for table in ("status_lists", "credentials"):
        with op.batch_alter_table(table) as changed:
            changed.drop_column("issuer_slug")
    op.drop_table("issuer_choices")
    held = {row["tenant_id"]: row for row in reversed(_rows())}
    op.drop_table("issuers")
    issuers = op.create_table(
        "issuers",
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("slug", sa.String(64), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("proof", sa.String(32), nullable=False, server_default="eddsa-rdfc-2022"),
        sa.Column("jwt_algorithm", sa.String(8), nullable=False, server_default="RS256"),
        sa.PrimaryKeyConstraint("tenant_id", name="pk_issuers"),
        sa.UniqueConstraint("slug", name="uq_issuers_slug"),
    )
    if held:
        op.bulk_insert(issuers, list(held.values()))


def _rows() -> list[dict[str, object]]:
    """The tenant's own issuer, whose slug is the tenant's name, comes first."""
    table = sa.table("issuers", *(sa.column(name) for name in _COLUMNS))
    order = (sa.case((table.c.slug == table.c.tenant_id, 0), else_=1), table.c.slug)
    return [dict(row._mapping) for row in op.get_bind().execute(sa.select(table).order_by(*order))]
