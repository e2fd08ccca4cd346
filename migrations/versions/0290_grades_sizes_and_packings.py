"""grades, sizes and packings by goods, as reference data"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0290"
down_revision = "0280"
branch_labels = None
depends_on = None

TEXTS = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    op.create_table(
        "goods_specification",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("name_vi", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *(sa.Column(name, TEXTS, nullable=False) for name in ("names", "categories", "concepts")),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=True),
        sa.Column("factor", sa.Numeric(12, 3), nullable=True),
        sa.Column("example", sa.Text(), nullable=True),
        sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_specification")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["goods_specification.id"], name=op.f("fk_goods_specification_parent_id")
        ),
        sa.CheckConstraint("kind in ('grade', 'size', 'packing')", name=op.f("ck_goods_specification_kind_known")),
        sa.CheckConstraint(
            "(measure is null) = (factor is null)", name=op.f("ck_goods_specification_scales_have_factors")
        ),
    )
    op.execute("SELECT market_grant_roles()")


def downgrade() -> None:
    op.drop_table("goods_specification")
