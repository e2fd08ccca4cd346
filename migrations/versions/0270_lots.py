"""lots: what was harvested together, with its label, growing area and dates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0270"
down_revision = "0260"
branch_labels = None
depends_on = None

INSTANT, NOW = sa.DateTime(timezone=True), sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "lot",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("listing_id", sa.Uuid(), sa.ForeignKey("listing.id", name=op.f("fk_lot_listing_id")), nullable=False),
        sa.Column(
            "organization_id",
            sa.Uuid(),
            sa.ForeignKey("organization.id", name=op.f("fk_lot_organization_id")),
            nullable=False,
        ),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("gtin", sa.Text()),
        sa.Column("harvested_from", sa.Date(), nullable=False),
        sa.Column("harvested_to", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Numeric(18, 3), nullable=False),
        sa.Column("unit", sa.Text(), sa.ForeignKey("measurement_unit.code", name=op.f("fk_lot_unit")), nullable=False),
        sa.Column("growing_area_code", sa.Text()),
        sa.Column("packed_on", sa.Date()),
        sa.Column("best_before", sa.Date()),
        sa.Column("note", sa.Text()),
        sa.Column("photo", postgresql.JSONB()),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", INSTANT, server_default=NOW, nullable=False),
        sa.Column("updated_at", INSTANT, server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("organization_id", "code", name=op.f("uq_lot_organization_id_code")),
        sa.CheckConstraint("harvested_to >= harvested_from", name=op.f("ck_lot_harvest_in_order")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_lot_quantity_positive")),
        sa.CheckConstraint("gtin ~ '^[0-9]{14}$'", name=op.f("ck_lot_gtin_is_one")),
    )
    op.create_index(op.f("ix_lot_listing_id"), "lot", ["listing_id"])
    op.create_index("ix_lot_gtin", "lot", ["gtin", "code"], postgresql_where=sa.text("gtin IS NOT NULL"))
    op.execute("SELECT market_grant_roles()")


def downgrade() -> None:
    # The code from before knows no photos or files of lots.
    for table in ("attachment", "photo_upload", "photo"):
        op.execute(f"DELETE FROM {table} WHERE subject = 'lot'")
    op.drop_table("lot")
