"""communes of today and of before, the districts there were, and what provinces were called meanwhile"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0105"
down_revision = "0101"
branch_labels = None
depends_on = None


def _retired() -> sa.Column[bool]:
    return sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "province_term",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        _retired(),
        sa.CheckConstraint("valid_to is null or valid_to >= valid_from", name="period_in_order"),
        sa.ForeignKeyConstraint(["code", "version"], ["province_unit.code", "province_unit.version"]),
        sa.PrimaryKeyConstraint("code", "version", "valid_from"),
    )
    op.create_table(
        "district",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("becomes", ARRAY(sa.Text()), nullable=False),
        _retired(),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "commune",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("district_code", sa.Text()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("becomes", ARRAY(sa.Text()), nullable=False),
        _retired(),
        sa.CheckConstraint("version in ('2024', '2025')", name="version_known"),
        sa.CheckConstraint("(version = '2024') = (district_code is not null)", name="old_communes_lie_in_districts"),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"]),
        sa.PrimaryKeyConstraint("code", "version"),
    )


def downgrade() -> None:
    op.drop_table("commune")
    op.drop_table("district")
    op.drop_table("province_term")
