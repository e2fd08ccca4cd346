"""prices with history and an end, the weight of a piece, grade, size and packing asked for, names of one's own"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0140"
down_revision = "0122"
branch_labels = None
depends_on = None

NAMED = "external_id IS NOT NULL"


def upgrade() -> None:
    op.add_column("listing", sa.Column("price_until", sa.Date()))
    op.add_column("listing", sa.Column("kg_each", sa.Numeric(12, 3)))
    op.add_column("listing", sa.Column("size", sa.Text()))
    op.add_column("need_line", sa.Column("kg_each", sa.Numeric(12, 3)))
    for name in ("grade", "size", "packaging"):
        op.add_column("need_line", sa.Column(name, sa.Text()))
    op.create_check_constraint(op.f("ck_listing_kg_each_positive"), "listing", "kg_each > 0")
    for table in ("listing", "need"):
        op.add_column(table, sa.Column("external_id", sa.Text()))
        op.create_index(
            f"uq_{table}_organization_id_external_id",
            table,
            ["organization_id", "external_id"],
            unique=True,
            postgresql_where=sa.text(NAMED),
        )
    op.create_table(
        "listing_price",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger()),
        sa.Column("until", sa.Date()),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_price_listing_id_listing"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_price")),
    )
    op.create_index("ix_listing_price_listing", "listing_price", ["listing_id", "id"])
    op.execute(
        "INSERT INTO listing_price (listing_id, price_vnd, set_at)"
        " SELECT id, price_vnd, updated_at FROM listing WHERE price_vnd IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("listing_price")
    for table in ("listing", "need"):
        op.drop_index(f"uq_{table}_organization_id_external_id", table_name=table)
        op.drop_column(table, "external_id")
    for name in ("packaging", "size", "grade", "kg_each"):
        op.drop_column("need_line", name)
    for name in ("size", "kg_each", "price_until"):
        op.drop_column("listing", name)
