"""what was told of matches is remembered, not what fits; how much an organization was told on a day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0201"
down_revision = "0200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "reported_match",
        sa.Column("told_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.create_index("ix_reported_match_thing_id", "reported_match", ["thing_id"])
    op.create_index("ix_reported_match_told_at", "reported_match", ["told_at"])
    op.create_table(
        "match_tally",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_match_tally_organization_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organization_id", "kind", "day", name=op.f("pk_match_tally")),
    )


def downgrade() -> None:
    op.drop_table("match_tally")
    op.drop_index("ix_reported_match_told_at", table_name="reported_match")
    op.drop_index("ix_reported_match_thing_id", table_name="reported_match")
    op.drop_column("reported_match", "told_at")
