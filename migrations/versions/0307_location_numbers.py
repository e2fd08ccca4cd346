"""global location numbers of organizations"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0307"
down_revision = "0300"
branch_labels = None
depends_on = None

VERIFIED = sa.text("gln IS NOT NULL AND verification = 'verified'")
KNOWN = sa.text("gln IS NOT NULL")


def upgrade() -> None:
    op.add_column("organization", sa.Column("gln", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_organization_gln_is_one"), "organization", "gln ~ '^[0-9]{13}$'")
    op.create_index("uq_organization_gln", "organization", ["gln"], unique=True, postgresql_where=VERIFIED)
    op.create_index("ix_organization_gln", "organization", ["gln"], postgresql_where=KNOWN)


def downgrade() -> None:
    op.drop_index("ix_organization_gln", "organization")
    op.drop_index("uq_organization_gln", "organization")
    op.drop_column("organization", "gln")
