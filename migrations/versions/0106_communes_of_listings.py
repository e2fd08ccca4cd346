"""listings and organizations may name a commune"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None

COLUMNS = ["commune_code", "commune_version"]


def upgrade() -> None:
    for table in ("listing", "organization"):
        op.add_column(table, sa.Column("commune_code", sa.Text()))
        op.add_column(table, sa.Column("commune_version", sa.Enum("2024", "2025", native_enum=False, length=40)))
        op.create_foreign_key(f"fk_{table}_commune_code_commune", table, "commune", COLUMNS, ["code", "version"])


def downgrade() -> None:
    for table in ("organization", "listing"):
        op.drop_constraint(f"fk_{table}_commune_code_commune", table, type_="foreignkey")
        op.drop_column(table, "commune_version")
        op.drop_column(table, "commune_code")
