"""With what an issuer signs, and which keys signed, of whichever kind they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("issuers", sa.Column("proof", sa.String(32), nullable=False, server_default="eddsa-rdfc-2022"))
    op.add_column("issuers", sa.Column("jwt_algorithm", sa.String(8), nullable=False, server_default="RS256"))
    op.alter_column("credentials", "ed25519_kid", new_column_name="proof_kid")
    op.alter_column("credentials", "rsa_kid", new_column_name="jwt_kid")


def downgrade() -> None:
    op.alter_column("credentials", "proof_kid", new_column_name="ed25519_kid")
    op.alter_column("credentials", "jwt_kid", new_column_name="rsa_kid")
    with op.batch_alter_table("issuers") as table:
        table.drop_column("jwt_algorithm")
        table.drop_column("proof")
