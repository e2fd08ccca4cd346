"""deliveries count when the receiver confirms or lets them pass, and can be disputed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0117"
down_revision = "0116"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was recorded before anybody could dispute it counts from the day on which it was recorded.
    op.add_column("delivery", sa.Column("counts_on", sa.Date(), server_default="0001-01-01", nullable=True))
    op.alter_column("delivery", "counts_on", server_default=None)
    op.create_index("ix_delivery_counts_on", "delivery", ["counts_on"])
    op.create_table(
        "delivery_dispute",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_dispute_delivery_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_delivery_dispute_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_dispute")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_delivery_dispute_delivery_id")),
    )
    for name, events, each in (("append_only", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER delivery_dispute_{name} BEFORE {events} ON delivery_dispute FOR EACH {each} "
            "EXECUTE FUNCTION market_append_only()"
        )


def downgrade() -> None:
    op.drop_table("delivery_dispute")
    op.drop_index("ix_delivery_counts_on", "delivery")
    op.drop_column("delivery", "counts_on")
