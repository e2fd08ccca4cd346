"""fulfilment record"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fulfilment_record",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("lines_due", sa.Integer(), nullable=False),
        sa.Column("lines_met", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "0 <= lines_met AND lines_met <= lines_due", name=op.f("ck_fulfilment_record_met_within_due")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_fulfilment_record_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_fulfilment_record")),
    )


def downgrade() -> None:
    op.drop_table("fulfilment_record")
